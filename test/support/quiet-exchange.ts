import { setTimeout as sleep } from "node:timers/promises";
import { hourIn } from "@/lib/contract/instant";

const EXCHANGES = [
  { id: "XSHG", zone: "Asia/Shanghai" },
  { id: "XNYS", zone: "America/New_York" },
] as const;

const hoursUntil = (zone: string, hours: readonly number[]) =>
  Math.min(...hours.map((hour) => (hour - hourIn(zone, Date.now()) + 24) % 24 || 24));

/** Waits until none of these hours is so near that it might strike during a test: two minutes at most. */
export async function quietMoment(zone: string, hours: readonly number[]): Promise<void> {
  while (hoursUntil(zone, hours) * 60 < 2) await sleep(1_000);
}

/**
 * The exchange where none of these hours (24 = midnight) is near, whenever the test runs: half a day lies between the two.
 * For tests of a real server whose today must not end, and whose schedules must not fire, while they look.
 */
export function quietExchange(hours: readonly number[] = [24]): (typeof EXCHANGES)[number] {
  const [shanghai, newYork] = EXCHANGES;
  return hoursUntil(shanghai.zone, hours) >= hoursUntil(newYork.zone, hours) ? shanghai : newYork;
}
