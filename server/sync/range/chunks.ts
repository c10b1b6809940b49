import { addDays, type Day } from "@/lib/contract/day";
import type { PlannedDay } from "@/server/sync/session-ports";
import type { StagedChunk } from "@/server/sync/stage-ports";

/** A chunk is one walk over all symbols: a year of sessions at most, so that an answer stays small and memory bounded. */
export const MAX_DAYS = 250;
const MAX_SPAN_DAYS = 366;

type PlannedFetch = Pick<PlannedDay, "date" | "action" | "outcome">;

export interface Chunks {
  /** The chunk of a day that is fetched next: one that was begun before, or a new one of what lies near. */
  of(day: Day): StagedChunk;
  /** The day has its outcome. Returns the chunk whose last day it was. */
  done(day: Day): StagedChunk | null;
  /** Days without an outcome that no chunk holds yet; the one that is not due takes no walk. */
  unclaimed(): number;
}

/**
 * Cuts the days of a plan into chunks, when they are needed. `begun` are those of an earlier run: a restart keeps their
 * borders, or it would ask again. A day that the source is not expected to have yet (`notDue`) stands alone: collected
 * with the others it would be missing once it is due.
 */
export function createChunks(
  plan: readonly PlannedFetch[],
  begun: readonly StagedChunk[],
  notDue: (day: Day) => boolean,
): Chunks {
  const open = new Set(plan.filter((day) => day.action === "fetch" && !day.outcome).map((day) => day.date));
  const chunkOf = new Map<Day, StagedChunk>();
  let last = 0;

  function add(chunk: StagedChunk): StagedChunk {
    last = Math.max(last, chunk.chunk);
    for (const day of chunk.days) chunkOf.set(day, chunk);
    return chunk;
  }

  function near(day: Day): Day[] {
    if (notDue(day)) return [day];
    const free = [...open].filter((other) => !chunkOf.has(other) && !notDue(other)).toSorted();
    const at = free.indexOf(day);
    const [after, before] = [free.slice(at), free.slice(0, at + 1).toReversed()];
    // A plan that runs backwards meets its days from their end.
    const isBackwards = after.length === 1;
    const nearest = (isBackwards ? before : after).slice(0, MAX_DAYS);
    const [from, to] = [addDays(day, -MAX_SPAN_DAYS), addDays(day, MAX_SPAN_DAYS)];
    return nearest.filter((other) => other > from && other < to).toSorted();
  }

  for (const chunk of begun) add(chunk);
  return {
    of: (day) => chunkOf.get(day) ?? add({ chunk: last + 1, days: near(day) }),
    done(day) {
      open.delete(day);
      const chunk = chunkOf.get(day);
      return chunk && !chunk.days.some((other) => open.has(other)) ? chunk : null;
    },
    unclaimed: () => [...open].filter((day) => !chunkOf.has(day) && !notDue(day)).length,
  };
}

/** Walks that these days take, the one for a day that is not due included. */
export function countWalks(days: readonly Day[], notDue: (day: Day) => boolean): number {
  const plan = days.map((date) => ({ date, action: "fetch" as const, outcome: null }));
  const chunks = createChunks(plan, [], notDue);
  return new Set(days.map((day) => chunks.of(day).chunk)).size;
}
