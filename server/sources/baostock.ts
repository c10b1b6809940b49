import type { Day } from "@/lib/contract/day";
import type { Clock, TradingCalendar } from "@/server/sync/ports";
import type { Fetched, Source } from "@/server/sync/source-ports";
import type { Stage } from "@/server/sync/stage-ports";
import { createBaostockCalls } from "./baostock/calls";
import { createBaostockClient } from "./baostock/client";
import { refuseIncomplete } from "./baostock/refused-stocks";
import { isIndex, rowOf } from "./baostock/row";
import { universeOf } from "./baostock/universe";
import { walkStocks } from "./baostock/walk";
import { createMemoryStage } from "./baostock/memory-stage";
import type { BaostockConfig } from "./source-config";

const USUAL_PUBLISH_HOUR = 18;
const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;
const IDLE_MS = 20_000;
/** Stocks that a test of the source looks at. */
const PROBED_STOCKS = 5;

export interface BaostockOptions extends BaostockConfig {
  clock: Clock;
  /** Its trading days are compared with those of the source. */
  calendar: Pick<TradingCalendar, "closedReason" | "isSet">;
  publishHour?: number;
  /** Smaller in tests only. */
  connectTimeoutMs?: number;
  answerTimeoutMs?: number;
  idleMs?: number;
  pageRows?: number;
}

/**
 * The free line of Baostock: cheap by range, so the days of a task are collected in one walk over the stocks and then read
 * from the stage. A day without a stage is walked for alone, which takes as many requests as a year.
 */
export function createBaostockSource(options: BaostockOptions): Source {
  const client = createBaostockClient({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    idleMs: IDLE_MS,
    ...options,
  });
  const calls = createBaostockCalls(client, options.pageRows);
  const { calendar, clock } = options;
  // What the operator set is no oversight of a list.
  const closedHere = (day: Day) => calendar.closedReason(day) !== null && !calendar.isSet?.(day);

  async function fromStage(day: Day, stage: Stage): Promise<Fetched> {
    const universe = universeOf(await stage.notes());
    if (!universe) return { kind: "nothing" };
    if (universe.closed.includes(day)) return { kind: "closed" };
    refuseIncomplete(universe, day);
    const rows = await stage.rowsOf(day);
    const expected = universe.listed[day] ?? 0;
    const openBefore = universe.openBefore[day] ?? [];
    if (rows.length === 0) return { kind: "nothing" };
    // Suspended stocks have rows here, so that every listed one is expected.
    return { kind: "rows", rows, ...(expected > 0 ? { expected } : {}), ...(openBefore.length > 0 ? { openBefore } : {}) };
  }

  return {
    name: "baostock",
    sample: false,
    publishHour: options.publishHour ?? USUAL_PUBLISH_HOUR,
    prepare: (days, prepareOptions) => walkStocks(calls, days, { ...prepareOptions, clock, closedHere }),
    async fetchDay(day, { signal, onProgress, stage }) {
      signal.throwIfAborted();
      if (stage) return fromStage(day, stage);
      const own = createMemoryStage();
      const betweenRequests = async () => signal.throwIfAborted();
      await walkStocks(calls, [day], { signal, stage: own, onProgress, betweenRequests, clock, closedHere });
      return fromStage(day, own);
    },
    async probe(day, { signal, onProgress }) {
      const dates = await calls.tradeDates(day, day, signal);
      if (dates.some(({ open }) => !open)) return { kind: "closed" };
      const stocks = (await calls.listedOn(day, signal)).filter(({ code }) => !isIndex(code));
      const probed = stocks.slice(0, PROBED_STOCKS);
      const rows = [];
      for (const { code, name } of probed) {
        const records = await calls.historyOf(code, day, day, signal);
        rows.push(...records.map((record) => rowOf(record, name || null)));
        onProgress(rows.length, probed.length);
      }
      return rows.length === 0 ? { kind: "nothing" } : { kind: "rows", rows };
    },
    close: () => client.close(),
  };
}
