import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Progress } from "@/lib/contract/task";
import type { Clock } from "@/server/sync/ports";
import { systemClock } from "@/server/system-clock";
import { type App, startApp } from "../support/app";
import { startDeafLine } from "../support/deaf-line";

/** Nobody looks by itself any more, once a second for commands or every two for work: what arrives all the same was told. */
const WITHOUT_LOOKS: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms >= 1_000 && ms <= 2_000 ? 3_600_000 : ms, signal),
};

/** A fetch takes so long that only commands end it. */
const SLOW = { SAMPLE_SYMBOLS: "5", SAMPLE_DAY_MS: "3600000", LEASE_TTL_MS: "15000" };

/** For a machine that does other things meanwhile; without looks it would take an hour. */
const SLACK_MS = 15_000;

let closing: (() => Promise<unknown>)[] = [];
const keep = (app: App) => {
  closing.push(() => app.stop());
  return app;
};
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

const order = (app: App, taskId: string, command: string) =>
  app.api<Progress>(`/sync/batch/${taskId}/${command}`, { method: "POST" });
const hasBegun = (app: App, taskId: string) =>
  app.log.lines.some(({ message, fields }) => message === "sync started" && "task_id" in fields && fields.task_id === taskId);

/** Milliseconds until it is so, asked every 5 ms. */
async function until(isSo: () => boolean): Promise<number> {
  const begun = performance.now();
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  return performance.now() - begun;
}

/** Waits until both instances stand at their LISTEN. */
async function bothListen(app: App): Promise<void> {
  const listening = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()";
  while ((await app.ask(listening)).length < 2);
}

/** How long each of five commands given through `other` takes until `holder` shows it. */
async function commandsTake(holder: App, other: App): Promise<number[]> {
  const tookMs: number[] = [];
  for (let day = 1; day <= 5; day += 1) {
    const taskId = await holder.start(`2024-01-0${day + 1}`, "2024-02-29");
    await until(() => holder.composition.state().current?.phase === "fetching");
    await order(other, taskId, "cancel");
    tookMs.push(await until(() => holder.composition.state().current?.status !== "running"));
    await holder.settle(taskId);
  }
  return tookMs;
}

describe("instances that hear each other", () => {
  let one: App;
  let two: App;
  beforeEach(async () => {
    one = keep(await startApp({ env: SLOW, clock: WITHOUT_LOOKS }));
    two = keep(await startApp({ env: SLOW, clock: WITHOUT_LOOKS, databaseUrl: one.databaseUrl }));
    await bothListen(one);
  });

  test("a cancel through another instance reaches the holder at once, not by its next look", async () => {
    const tookMs = await commandsTake(one, two);
    console.info(`cancel through another instance heeded after ms: ${tookMs.map(Math.round).join(" ")}`);
    expect(tookMs).toHaveLength(5);
  });

  test("what one releases cleanly the other runs at once", async () => {
    const taskId = await one.start("2024-01-02", "2024-01-05");
    await until(() => one.composition.state().current?.phase === "fetching");
    await one.composition.stopWork();
    const tookMs = await until(() => hasBegun(two, taskId));
    console.info(`handed over ${Math.round(tookMs)} ms after the stop`);
    expect(tookMs).toBeGreaterThanOrEqual(0);
  });

  test("a correction of coverage and a change of a schedule reach the watchers of all", async () => {
    await one.ask("INSERT INTO daily_stock_data (stock_code, trade_date, close_price) VALUES ('600000', '2024-01-02', 1)");
    for (const app of [one, two]) app.events.coverage.length = 0;
    await one.api("/check/2024-01-02", { method: "POST" });
    const range = { from: "2024-01-02", to: "2024-01-02" };
    await expect.poll(() => [one.events.coverage, two.events.coverage]).toEqual([[range], [range]]);
    // Nothing to correct any more, nothing to tell.
    await one.api("/check/2024-01-02", { method: "POST" });

    const before = two.events.schedules;
    await one.api("/schedules/daily", { method: "PUT", body: { time: "21:15" } });
    await expect.poll(() => two.events.schedules).toBe(before + 1);
    expect([one.events.coverage, two.events.coverage]).toEqual([[range], [range]]);
  });

  test("who lost its line hears again after a moment, and looks at what it missed", async () => {
    await one.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dayfill:listen' AND datname = current_database()",
    );
    await bothListen(one);
    expect(await commandsTake(one, two)).toHaveLength(5);
  });
});

describe("instances that are deaf", () => {
  let one: App;
  let two: App;
  beforeEach(async () => {
    one = keep(await startApp({ env: SLOW }));
    const line = await startDeafLine(one.databaseUrl);
    closing.push(() => line.close());
    two = keep(await startApp({ env: SLOW, databaseUrl: line.url }));
    await until(() => line.deafened() > 0);
  });

  test("heed a cancel of another instance by their look once a second", async () => {
    const tookMs = await commandsTake(two, one);
    console.info(`deaf: cancel heeded after ms: ${tookMs.map(Math.round).join(" ")}`);
    expect(Math.max(...tookMs)).toBeLessThan(1_000 + SLACK_MS);
    // Were it not deaf, this test would prove nothing: together the five waited for looks.
    expect(tookMs.reduce((sum, ms) => sum + ms)).toBeGreaterThan(300);
  });

  test("find what was released and what is queued, and see what runs elsewhere, by their looks", async () => {
    const taskId = await one.start("2024-01-02", "2024-01-05");
    await until(() => two.composition.state().current?.task_id === taskId);
    await one.composition.stopWork();
    await until(() => hasBegun(two, taskId));
    expect(await two.progressWhen(taskId, ({ status }) => status === "running")).toMatchObject({ task_id: taskId });
  });
});
