import { hourIn } from "@/lib/contract/instant";

const EXCHANGES = [
  { id: "XSHG", zone: "Asia/Shanghai" },
  { id: "XNYS", zone: "America/New_York" },
] as const;

/**
 * The exchange where none of these hours (24 = midnight) is near, whenever the test runs: half a day lies between the two.
 * For tests of a real server whose today must not end, and whose schedules must not fire, while they look.
 */
export function quietExchange(hours: readonly number[] = [24]): (typeof EXCHANGES)[number] {
  const atMs = Date.now();
  const hoursLeft = (zone: string) => Math.min(...hours.map((hour) => (hour - hourIn(zone, atMs) + 24) % 24 || 24));
  const [shanghai, newYork] = EXCHANGES;
  return hoursLeft(shanghai.zone) >= hoursLeft(newYork.zone) ? shanghai : newYork;
}
