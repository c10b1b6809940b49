import { CalendarClock, Settings2, SquareTerminal, TextAlignStart, type LucideIcon } from "lucide-react";

/** The pages one goes to, in the order of the navigation. `key` is pressed after `g`. */
export const PLACES: { name: "console" | "history" | "schedule" | "settings"; href: string; key: string; icon: LucideIcon }[] = [
  { name: "console", href: "/", key: "c", icon: SquareTerminal },
  { name: "history", href: "/history", key: "h", icon: TextAlignStart },
  { name: "schedule", href: "/schedule", key: "s", icon: CalendarClock },
  { name: "settings", href: "/settings", key: ",", icon: Settings2 },
];

/** Which page an address belongs to, for the title and the marked place. */
export function placeOf(pathname: string): "console" | "history" | "schedule" | "settings" | "task" | null {
  if (pathname === "/") return "console";
  if (pathname === "/history") return "history";
  if (pathname === "/schedule") return "schedule";
  if (pathname === "/settings") return "settings";
  return pathname.startsWith("/history/") ? "task" : null;
}
