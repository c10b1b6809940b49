export type DurationUnit = "second" | "minute" | "hour" | "day";

const IN_SECONDS: [DurationUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** A duration in its two largest units: 392 s is 6 min 32 s, 21,060 s is 5 h 51 min. Zero is 0 s. */
export function durationParts(seconds: number): { unit: DurationUnit; count: number }[] {
  let rest = Math.max(0, Math.round(seconds));
  const start = IN_SECONDS.findIndex(([unit, size]) => rest >= size || unit === "second");
  const parts: { unit: DurationUnit; count: number }[] = [];
  for (const [unit, size] of IN_SECONDS.slice(start, start + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || parts.length === 0) parts.push({ unit, count });
  }
  return parts;
}

/** A range as one would say it: seconds below two minutes, minutes below two hours, else hours with one decimal. */
export function minuteRange(low: number, high: number): { unit: "second" | "minute" | "hour"; from: string; to: string } {
  if (high < 120) return { unit: "second", from: whole(low), to: whole(high) };
  if (high < 7_200) return { unit: "minute", from: whole(low / 60), to: whole(high / 60) };
  return { unit: "hour", from: tenths(low / 3_600), to: tenths(high / 3_600) };
}

function whole(value: number): string {
  return String(Math.max(1, Math.round(value)));
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}
