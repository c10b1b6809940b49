import { getRequestListener } from "@hono/node-server";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { startApp } from "../support/app";
import { startCli } from "../support/cli";
import { holdDay } from "../support/held-day";
import { listen } from "./http-server";
import { until } from "./terminal";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function aServer(env: Record<string, string> = {}) {
  const app = await startApp({ env });
  const web = await listen((request, response) => void getRequestListener(app.http.fetch)(request, response));
  closers.push(() => app.stop(), web.close);
  return { app, url: web.url };
}

/** `npm run sync` as a process that does not outlive the test. */
function sync(url: string, ...argv: string[]) {
  const running = startCli(url, ...argv);
  closers.push(async () => {
    if (running.child.exitCode === null && running.child.signalCode === null) running.child.kill("SIGKILL");
  });
  return running;
}

test("the process ends by itself with the exit code of the task, and its last line has arrived in the pipe", async () => {
  const { url } = await aServer({ SAMPLE_FAIL_DAYS: "2024-03-05" });
  const { written, ended } = sync(url, "start", "2024-03-04", "2024-03-08", "--watch", "--json");
  expect(await ended).toBe(1);
  const lines = written.stdout.trimEnd().split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "end", exit_code: 1, data: { failed: 1, success: 4 } });
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends the process with 130 and leaves the task running", async (signal) => {
  const { url, app } = await aServer({ SAMPLE_DAY_MS: "300" });
  const letGo = await holdDay(app.ask, "2024-03-07");
  const { child, written, ended } = sync(url, "start", "2024-03-04", "2024-03-08", "--watch");
  await until(() => written.stdout.includes("/5 days"));
  child.kill(signal);
  expect(await ended).toBe(130);
  await letGo();
  expect(written.stderr).toContain("The task goes on");
  const [task] = await app.ask("SELECT task_id FROM sync_task");
  expect(await app.settle(String(task?.["task_id"]))).toMatchObject({ status: "completed", success: 5 });
});

test("a reader that has seen enough is no fault", async () => {
  const { url } = await aServer({ SAMPLE_DAY_MS: "100" });
  const { child, ended } = sync(url, "start", "2024-03-04", "2024-03-15", "--watch", "--json");
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await ended).toBe(0);
});
