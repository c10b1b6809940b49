import type { Clock } from "@/server/sync/ports";
import { createSerial } from "./serial";
import { valueText } from "./json-rows";
import type { TushareClient } from "./tushare-client";

/** Listed, delisted, paused: a day of the past holds all three. */
const LIST_STATUSES = ["L", "D", "P"] as const;
const REFRESH_MS = 24 * 3_600_000;

/** Runs a call that is not needed for a day; null where it was refused. */
export type Optionally = <Result>(what: string, call: () => Promise<Result>) => Promise<Result | null>;

/**
 * The names of all stocks by `ts_code`, kept for the process and read anew once a day. Where a list is refused the ones
 * that came (or the older ones) stay, and the missing one is asked for again with the next day.
 */
export function createTushareNames(client: Pick<TushareClient, "readTable">, clock: Clock, optionally: Optionally) {
  const oneAtATime = createSerial();
  const lists = new Map<string, { names: ReadonlyMap<string, string>; readMs: number }>();

  async function refresh(signal: AbortSignal): Promise<void> {
    for (const status of LIST_STATUSES) {
      const known = lists.get(status);
      if (known && clock.monotonic() - known.readMs < REFRESH_MS) continue;
      const rows = await optionally(`stock_basic ${status}`, () =>
        client.readTable({ api: "stock_basic", params: { list_status: status }, fields: ["ts_code", "name"], signal }),
      );
      if (!rows) return;
      const names = new Map<string, string>();
      for (const [at, row] of rows.entries()) {
        const [code, name] = [valueText(row("ts_code"), at + 1), valueText(row("name"), at + 1)];
        if (code && name) names.set(code, name);
      }
      lists.set(status, { names, readMs: clock.monotonic() });
    }
  }

  return {
    /** Answers the name of a `ts_code`, null where none is known. */
    async read(signal: AbortSignal): Promise<(code: string) => string | null> {
      await oneAtATime(signal, () => refresh(signal));
      const known = LIST_STATUSES.map((status) => lists.get(status)?.names);
      return (code) => known.map((names) => names?.get(code)).find((name) => name !== undefined) ?? null;
    },
  };
}
