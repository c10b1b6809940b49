import { CalendarClock, SquareTerminal, TextAlignStart, type LucideIcon } from "lucide-react";

/** The pages one goes to, in the order of the navigation. `key` is pressed after `g`. */
export const PLACES: { name: "console" | "history" | "schedule"; href: string; key: string; icon: LucideIcon }[] = [
  { name: "console", href: "/", key: "c", icon: SquareTerminal },
  { name: "history", href: "/history", key: "h", icon: TextAlignStart },
  { name: "schedule", href: "/schedule", key: "s", icon: CalendarClock },
];

/** Which page an address belongs to, for the title and the marked place. */
export function placeOf(pathname: string): "console" | "history" | "schedule" | "task" | null {
  if (pathname === "/") return "console";
  if (pathname === "/history") return "history";
  if (pathname === "/schedule") return "schedule";
  return pathname.startsWith("/history/") ? "task" : null;
}
