import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { type App, startApp } from "../support/app";
import { type FreshDatabase, freshDatabase } from "../support/postgres";

/** The promise is 2 s; the rest is for a machine that is busy with other things. */
const CANCELLED_WITHIN_MS = 2_000 + 10_000;
export const DAY = "2024-01-02";

/** A provider of whole tasks: how the app reaches it, and how it is well again. */
export interface World {
  env: Record<string, string>;
  /** Rows that it has on DAY when all is well. */
  rows: number;
  heal(): void | Promise<void>;
  close(): Promise<void>;
}

/** What the page says meanwhile: the day is being fetched, it waits and for what, or it fails at once with such an error. */
type Doing = "fetching" | NonNullable<Progress["wait"]>["code"] | { fails: string; by?: object };

/** Something that goes wrong on the way from the provider; `env` = what the app must be told for it. */
export interface Trouble<W extends World> {
  what: string;
  begin(world: W): void | Promise<void>;
  doing: Doing;
  env?(world: W): Record<string, string>;
}

/** The claims of line 9 of the fault list, for one provider: an app of its own under each trouble, all on one database. */
export function keepsItsWord<W extends World>(name: string, open: () => Promise<W>, troubles: readonly Trouble<W>[]): void {
  describe(`a whole task of ${name}`, () => {
    let world: W;
    let database: FreshDatabase;
    let app: App | null = null;
    beforeAll(async () => {
      [world, database] = await Promise.all([open(), freshDatabase()]);
    });
    afterEach(async () => {
      await app?.stop();
      app = null;
      await world.heal();
    });
    afterAll(async () => {
      await world.close();
      await database.drop();
    });

    async function under(trouble: Trouble<W> | null): Promise<App> {
      await trouble?.begin(world);
      app = await startApp({ env: { ...world.env, ...trouble?.env?.(world) }, databaseUrl: database.url });
      return app;
    }

    const nothingIsLeft = async (on: App) =>
      expect(
        await on.ask(`SELECT (SELECT count(*)::int FROM daily_stock_data) AS rows,
          (SELECT count(*)::int FROM sync_stage) + (SELECT count(*)::int FROM sync_stage_batch) AS staged, holder FROM sync_lease`),
      ).toEqual([{ rows: 0, staged: 0, holder: null }]);

    const patient = troubles.filter(({ doing }) => typeof doing === "string").map((one) => [one.what, one] as const);
    test.each(patient)("under %s says what it does, is cancelled within 2 s and stores nothing", async (_what, trouble) => {
      const on = await under(trouble);
      const taskId = await on.start(DAY, DAY);
      const { doing } = trouble;
      const seen = await on.progressWhen(
        taskId,
        ({ status, phase, wait }) => isFinal(status) || (doing === "fetching" ? phase === "fetching" : wait?.code === doing),
      );
      expect(seen).toMatchObject({ status: "running" });
      if (doing === "fetching") await sleep(300);
      const begun = performance.now();
      await on.api(`/sync/batch/${taskId}/cancel`, { method: "POST" });
      expect(await on.settle(taskId)).toMatchObject({ status: "cancelled", failed: 0 });
      expect(performance.now() - begun).toBeLessThan(CANCELLED_WITHIN_MS);
      await nothingIsLeft(on);
    });

    const failing = troubles.flatMap((one) => (typeof one.doing === "string" ? [] : [[one.what, one, one.doing] as const]));
    test.each(failing)("under %s fails the day with its cause and stores nothing", async (_what, trouble, { fails, by }) => {
      const on = await under(trouble);
      const done = await on.sync(DAY, DAY);
      expect(done).toMatchObject({ status: "completed", failed: 1, errors: [{ code: fails, params: by ?? {} }] });
      await nothingIsLeft(on);
    });

    test("after all of them brings the day whole", async () => {
      const on = await under(null);
      const { rows } = world;
      expect(await on.sync(DAY, DAY)).toMatchObject({ status: "completed", success: 1, failed: 0, rows });
    });
  });
}
