import type { Day } from "@/lib/contract/day";
import type { Clock } from "@/server/sync/ports";
import type { LiveState, Wait } from "@/server/sync/task/task-record";
import { createEta } from "@/server/sync/time/eta";
import { createWalkEta, type WalkEta } from "@/server/sync/time/walk-eta";

/**
 * Which days are in work at this moment, what the one being fetched waits for, and how long all of it still takes. Days are
 * told in the order in which they are taken up; the oldest one in work is the one that people are shown.
 */
export function createLiveState(clock: Pick<Clock, "monotonic">) {
  const eta = createEta(clock.monotonic());
  const inWork = new Map<Day, "fetching" | "storing">();
  let fetched: LiveState["fetched"] = null;
  /** The walk over the symbols of a chunk, while it goes on; and the days that wait for another walk. */
  let walk: WalkEta | null = null;
  let daysToCollect = 0;
  /** What the day that is being fetched waits for. */
  let waitsFor: Wait | null = null;

  /** Of several walks only the one under way can be reckoned: nothing is said while another one is to come. */
  function etaFor(fetchLeft: number): LiveState["eta"] {
    const now = clock.monotonic();
    if (daysToCollect > 0) return null;
    return walk ? walk.range(fetchLeft, now) : eta.range(fetchLeft, now);
  }

  return {
    /** The state as it is told; `fetchLeft` = days that are still to be fetched or stored. */
    now(fetchLeft: number): LiveState {
      const [current, phase] = inWork.entries().next().value ?? [null, null];
      const wait = phase === "fetching" ? waitsFor : null;
      return {
        current_date: current,
        phase: wait ? "waiting" : phase,
        fetched: phase === "fetching" ? fetched : null,
        // Nobody knows the time left while the source keeps us waiting; a number that grows in silence would say it did.
        eta: wait ? null : etaFor(fetchLeft),
        wait,
      };
    },
    fetching(date: Day): void {
      inWork.set(date, "fetching");
      fetched = null;
      waitsFor = null;
    },
    /** False where that was known. */
    waiting(wait: Wait | null): boolean {
      const isNew = wait !== waitsFor;
      waitsFor = wait;
      return isNew;
    },
    fetchedSoFar(done: number, of: number | null): void {
      fetched = of === null ? null : { done, of, unit: "rows" };
    },
    /** A walk over the symbols begins, before the first day of its chunk; so many days wait for another one. */
    walkBegun(daysLeft: number): void {
      walk = createWalkEta();
      daysToCollect = daysLeft;
    },
    collected(done: number, of: number | null): void {
      fetched = of === null ? null : { done, of, unit: "symbols" };
      if (of !== null) walk?.progressed(done, of, clock.monotonic());
    },
    walkEnded(): void {
      walk = null;
      fetched = null;
      eta.restart(clock.monotonic());
    },
    storing(date: Day): void {
      inWork.set(date, "storing");
    },
    done(date: Day): void {
      inWork.delete(date);
      eta.dayDone(clock.monotonic());
    },
  };
}
