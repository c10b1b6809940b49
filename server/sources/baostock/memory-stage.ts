import type { Day } from "@/lib/contract/day";
import type { Row } from "@/server/sync/rows/row";
import type { Stage } from "@/server/sync/stage-ports";

/** A stage for one call: nothing outlives it. */
export function createMemoryStage(): Stage {
  let kept: object | null = null;
  const symbols = new Set<string>();
  const rows: Row[] = [];
  return {
    notes: async () => kept,
    async keepNotes(notes) {
      kept = notes;
    },
    kept: async () => symbols,
    async keep(symbol, more) {
      symbols.add(symbol);
      rows.push(...more);
    },
    rowsOf: async (day: Day) => rows.filter((row) => row.trade_date === day),
  };
}
