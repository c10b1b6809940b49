import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { call, untilEnded } from "@/test/support/api-client";
import { type Ask, sqlOn } from "@/test/support/ask";
import { emptyDisk, fillDisk, makeDisk } from "@/test/support/full-disk";
import { expectPage, gatherPeople, violations } from "@/test/support/people";
import { serveEach } from "@/test/support/serve-each";

const DAY = "2024-01-03";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfill-refusals-"));
  const lines = Array.from({ length: 200 }, (_, index) => `${600_000 + index},10.5`);
  writeFileSync(join(folder, `${DAY}.csv`), ["stock_code,close_price", ...lines, "600999,halted"].join("\n"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const { server, database } = serveEach(() => ({ SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") }));

const open = gatherPeople();

test("a full disk: everybody sees why the sync paused, until when and what helps; resumed, it shows the row it left out", async () => {
  const ask: Ask = (sql) => sqlOn(database.url, sql);
  await makeDisk(ask);
  await fillDisk(ask);
  const { page, complaints } = await open();
  await page.context().addCookies([{ name: "dayfill_operator", value: "ann", url: server.url }]);
  await page.goto(server.url);
  const { body } = await call(server.url, "/sync/batch", { start_date: DAY, end_date: DAY });
  const taskId = body.data.task_id as string;

  const task = page.getByRole("region", { name: DAY }).first();
  await expectPage(task.getByText("Paused: the database has no room left.")).toBeVisible();
  await expectPage(task.getByText(/Goes on by itself at .*Make room on the disk/s).first()).toBeVisible();
  await expectPage(task.getByRole("button", { name: "Cancel…" })).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await emptyDisk(ask);
  await task.getByRole("button", { name: "Resume now" }).click();
  expect(await untilEnded(server.url, taskId)).toMatchObject({ status: "completed", success: 1 });

  await page.goto(`${server.url}/history/${taskId}`);
  await expectPage(page.getByText("Paused by the server: the database has no room left")).toBeVisible();
  await page.getByRole("button", { name: `Show rows left out: Rows left out on ${DAY}` }).click();
  const dialog = page.getByRole("dialog", { name: `Rows left out on ${DAY}` });
  await expectPage(dialog.getByRole("row", { name: "201 600999 close_price halted not a number" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
