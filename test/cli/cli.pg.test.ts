import { getRequestListener } from "@hono/node-server";
import { afterEach, expect, test } from "vitest";
import { type App, type AppOptions, startApp } from "../support/app";
import type { Clock } from "@/server/sync/ports";
import { systemClock } from "@/server/system-clock";
import { holdDay } from "../support/held-day";
import { createNoonClock } from "../support/noon-clock";
import { listen } from "./http-server";
import { aTerminal, until } from "./terminal";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A real server on a real database; `restart` puts a new one behind the same address. */
async function aServer(env: Record<string, string> = {}, clock: Clock = systemClock) {
  let app: App = await startApp({ env, clock });
  const first = app;
  closers.push(() => first.stop());
  const web = await listen((request, response) => void getRequestListener(app.http.fetch)(request, response));
  closers.push(web.close);
  return {
    app: () => app,
    url: web.url,
    close: web.close,
    async restart(options: AppOptions) {
      await app.composition.stopWork();
      app = await startApp({ ...options, databaseUrl: first.databaseUrl });
      const second = app;
      closers.push(() => second.stop());
      await web.open();
    },
  };
}

/** A trading week of March 2024: five days, none of them today. */
const WEEK = ["2024-03-04", "2024-03-08"] as const;
const SLOW = { SAMPLE_DAY_MS: "300" };
const ID = /2024-\d\d-\d\d_2024-\d\d-\d\d_\d+/;

test("start --watch shows the way to the end, and ends with 0 when all days are good", async () => {
  const { url, app } = await aServer();
  const terminal = aTerminal();
  expect(await terminal.run("start", ...WEEK, "--watch", "--url", url, "--operator", "李雷")).toBe(0);
  const text = terminal.written.stdout;
  const id = ID.exec(text)?.[0] ?? "";
  expect(text).toContain(`Task ${id}`);
  expect(terminal.lines().at(-1)).toContain("5 success");
  expect(terminal.written.stderr).toBe("");
  const [task] = await app().ask("SELECT started_by, status, success FROM sync_task");
  expect(task).toMatchObject({ started_by: "李雷", status: "completed", success: 5 });
});

test("failed days end with 1 and are named in the language of the terminal", async () => {
  const { url } = await aServer({ SAMPLE_FAIL_DAYS: "2024-03-05" });
  const terminal = aTerminal({ environment: { LANG: "zh_CN.UTF-8", DAYFILL_URL: url } });
  expect(await terminal.run("start", ...WEEK, "--watch")).toBe(1);
  expect(terminal.written.stdout).toContain("2024-03-05：SAMPLE_FAIL_DAYS 设定该日失败");

  const id = ID.exec(terminal.written.stdout)?.[0] ?? "";
  const status = aTerminal();
  expect(await status.run("status", id, "--url", url)).toBe(1);
  expect(status.written.stdout).toContain("4 stored, 1 failed");

  const retry = aTerminal();
  expect(await retry.run("retry", id, "--watch", "--json", "--url", url)).toBe(1);
  expect(retry.objects().at(-1)).toMatchObject({
    type: "end",
    exit_code: 1,
    data: { total: 1, failed: 1, start_date: "2024-03-05" },
  });
});

test("suspect days end with 1 too: they are stored, and somebody has to look", async () => {
  const { url } = await aServer({ SAMPLE_SHORT_DAYS: "2024-03-06:0.85" });
  const terminal = aTerminal();
  expect(await terminal.run("start", "2024-02-05", "2024-03-15", "--watch", "--url", url)).toBe(1);
  expect(terminal.written.stdout).toContain("One stored day looks too small");
});

test("while another sync runs: 3 with its name, --queue waits in the order of priority, watch follows it", async () => {
  const { url, app } = await aServer(SLOW);
  const letGo = await holdDay(app().ask, "2024-03-07");
  const first = aTerminal();
  expect(await first.run("start", ...WEEK, "--url", url, "--operator", "Ann")).toBe(0);
  const id = ID.exec(first.written.stdout)?.[0] ?? "";

  const busy = aTerminal();
  expect(await busy.run("start", "2024-03-11", "--url", url)).toBe(3);
  expect(busy.written.stderr).toContain(id);
  expect(busy.written.stderr).toContain("started by Ann");
  const busyProgram = aTerminal();
  expect(await busyProgram.run("start", "2024-03-11", "--json", "--url", url)).toBe(3);
  expect(busyProgram.objects()).toMatchObject([
    { type: "end", exit_code: 3, error: { code: "sync_already_running", current_task: { task_id: id, started_by: "Ann" } } },
  ]);

  await aTerminal().run("start", "2024-03-11", "--queue", "--url", url);
  await aTerminal().run("start", "2024-03-12", "--queue", "--priority", "9", "--url", url);
  await aTerminal().run("start", "2024-03-13", "--queue", "--url", url);
  const queue = aTerminal();
  expect(await queue.run("queue", "--json", "--url", url)).toBe(0);
  const [end] = queue.objects() as unknown as [{ data: { start_date: string }[] }];
  expect(end.data.map((task) => task.start_date)).toEqual(["2024-03-12", "2024-03-11", "2024-03-13"]);

  const watch = aTerminal();
  const watched = watch.run("watch", "--url", url);
  await until(() => watch.written.stdout.includes("/5 days"));
  await letGo();
  expect(await watched).toBe(0);
  expect(watch.written.stdout).toContain("5/5 days");
  const list = aTerminal();
  expect(await list.run("list", "--limit", "2", "--url", url)).toBe(0);
  expect(list.lines()).toHaveLength(2);
});

test("pause, resume and cancel say what became of the task; a watched task that is cancelled ends with 4", async () => {
  const { url } = await aServer(SLOW);
  const terminal = aTerminal();
  const watched = terminal.run("start", "2024-03-01", "2024-03-29", "--watch", "--json", "--url", url);
  const id = () => ID.exec(terminal.written.stdout)?.[0] ?? "";
  const heard = (status: string) => until(() => terminal.written.stdout.includes(`"status":"${status}"`));
  await heard("running");
  const pause = aTerminal();
  expect(await pause.run("pause", id(), "--url", url)).toBe(0);
  expect(pause.written.stdout).toBe(`${id()}: Pausing…\n`);
  await heard("paused");
  expect(await aTerminal().run("pause", id(), "--url", url)).toBe(2);
  expect(await aTerminal().run("resume", id(), "--url", url)).toBe(0);
  await until(() => /"status":"paused".*"status":"running"/s.test(terminal.written.stdout));
  expect(await aTerminal().run("cancel", id(), "--url", url)).toBe(0);
  expect(await watched).toBe(4);
  expect(terminal.objects().at(-1)).toMatchObject({ type: "end", exit_code: 4, data: { status: "cancelled" } });
  const kinds = new Set(terminal.objects().map((object) => object["type"]));
  expect([...kinds]).toEqual(["progress", "end"]);
});

test("Ctrl-C stops the watching and never the task, and says so", async () => {
  const { url, app } = await aServer(SLOW);
  const letGo = await holdDay(app().ask, "2024-03-07");
  const terminal = aTerminal();
  const watched = terminal.run("start", ...WEEK, "--watch", "--url", url);
  await until(() => terminal.written.stdout.includes("/5 days"));
  terminal.interrupt();
  expect(await watched).toBe(130);
  await letGo();
  const id = ID.exec(terminal.written.stdout)?.[0] ?? "";
  expect(terminal.written.stderr).toContain(`The task goes on: ${id}`);
  expect(await app().settle(id)).toMatchObject({ status: "completed", success: 5 });
});

test("with --cancel-on-interrupt the first Ctrl-C cancels the task and waits for its end", async () => {
  const { url } = await aServer(SLOW);
  const terminal = aTerminal();
  const watched = terminal.run("start", "2024-03-01", "2024-03-29", "--watch", "--cancel-on-interrupt", "--url", url);
  await until(() => terminal.written.stdout.includes(" days"));
  terminal.interrupt();
  expect(await watched).toBe(4);
  expect(terminal.written.stderr).toContain("Cancelling the task");
});

test("a watched task is followed through a restart of the server", async () => {
  const { url, app, close, restart } = await aServer(SLOW);
  const terminal = aTerminal();
  const watched = terminal.run("start", "2024-03-01", "2024-03-15", "--watch", "--url", url);
  await until(() => /[1-9]\d*\/15 days/.test(terminal.written.stdout));
  await close();
  await until(() => terminal.written.stderr.includes("does not answer"));
  await restart({ env: {} });
  expect(await watched).toBe(0);
  expect(terminal.written.stderr).toContain("answers again");
  expect(await app().ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
});

test("the same --key is the same task, not a second one", async () => {
  const { url, app } = await aServer();
  const ids: (string | undefined)[] = [];
  for (const _ of [1, 2]) {
    const terminal = aTerminal();
    expect(await terminal.run("start", ...WEEK, "--watch", "--key", "night", "--url", url)).toBe(0);
    ids.push(ID.exec(terminal.written.stdout)?.[0]);
  }
  expect(ids[0]).toBe(ids[1]);
  expect(await app().ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
  expect(await aTerminal().run("start", "2024-03-11", "--key", "night", "--url", url)).toBe(2);
});

test("preview says what a start would do and starts nothing", async () => {
  const { url, app } = await aServer();
  await app().sync("2024-03-04", "2024-03-05");
  const terminal = aTerminal();
  expect(await terminal.run("preview", "2024-03-03", "2024-03-08", "--url", url)).toBe(0);
  expect(terminal.lines().slice(0, 3)).toEqual([
    "2024-03-03 – 2024-03-08: 6 days, 5 trading days",
    "3 days to fetch (3 missing)",
    "3 days skipped (1 weekend, 2 complete)",
  ]);
  const forced = aTerminal();
  await forced.run("preview", ...WEEK, "--force", "--lang", "zh-CN", "--url", url);
  expect(forced.written.stdout).toContain("强制 2");
  expect(forced.written.stdout).toContain("注意：将替换已有的 100 行");
  expect(await app().ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
});

test("today is the exchange's, whatever the clock of the terminal says", async () => {
  const clock = createNoonClock();
  const { url } = await aServer({}, clock);
  const terminal = aTerminal();
  expect(await terminal.run("preview", "today", "--json", "--url", url)).toBe(0);
  const [end] = terminal.objects() as unknown as [{ data: { start_date: string; end_date: string } }];
  expect([end.data.start_date, end.data.end_date]).toEqual([clock.today, clock.today]);
});

test("with nothing there, watch, status, queue and list say so and end with 0", async () => {
  const { url } = await aServer();
  for (const command of ["watch", "status", "queue", "list"]) {
    const terminal = aTerminal();
    expect(await terminal.run(command, "--url", url)).toBe(0);
    expect(terminal.lines()).toHaveLength(1);
  }
  for (const command of ["watch", "status", "cancel", "pause", "resume", "retry"])
    expect(await aTerminal().run(command, "no such/task?", "--url", url)).toBe(2);
});
