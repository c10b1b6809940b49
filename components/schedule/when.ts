import { addDays, type Day } from "@/lib/contract/day";

/** How a day is called from today: `other` is called by its weekday. */
export function nearnessOf(day: Day, today: Day): "today" | "tomorrow" | "other" {
  if (day === today) return "today";
  return day === addDays(today, 1) ? "tomorrow" : "other";
}

/** `Shanghai, UTC+8`: the city of a zone, and the offset (`+08:00`) it has now, where that is known; `comma` is of the page's language. */
export function zoneLabel(city: string, offset: string | null, comma = ", "): string {
  if (offset === null || city === "UTC") return city;
  const parts = /^([+-])(\d\d):(\d\d)$/.exec(offset);
  if (!parts) return `${city}${comma}UTC`;
  const [, sign, hours, minutes] = parts;
  return `${city}${comma}UTC${sign === "-" ? "−" : "+"}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
}

/** Hours of the clock with a fraction as a time: 17.5 is `17:30`. */
export function clockOf(hours: number): string {
  const minutes = Math.round(hours * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Reads a typed clock time: `20:00`, `7:30`, `0730`, also with the colon of Chinese keyboards. Null for anything else. */
export function readTime(text: string): string | null {
  const parts = /^(\d{1,2})[:：.]?(\d{2})$/.exec(text.trim());
  const hours = Number(parts?.[1]);
  const minutes = Number(parts?.[2]);
  if (!parts || hours > 23 || minutes > 59) return null;
  return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}
