import { SquareTerminal, TextAlignStart, type LucideIcon } from "lucide-react";

/** The pages one goes to, in the order of the navigation. `key` is pressed after `g`. */
export const PLACES: { name: "console" | "history"; href: string; key: string; icon: LucideIcon }[] = [
  { name: "console", href: "/", key: "c", icon: SquareTerminal },
  { name: "history", href: "/history", key: "h", icon: TextAlignStart },
];

/** Which page an address belongs to, for the title and the marked place. */
export function placeOf(pathname: string): "console" | "history" | "task" | null {
  if (pathname === "/") return "console";
  if (pathname === "/history") return "history";
  return pathname.startsWith("/history/") ? "task" : null;
}
