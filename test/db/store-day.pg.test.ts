import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DatabaseBusyError, DayFailure } from "@/server/sync/errors";
import { type Bench, failure, never, openBench, outcome, row, rowsOf, runningTask, write } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const DAY = "2024-01-02";
const ledger = () => bench.ask("SELECT date, state, rows, checksum, source, confirmed, last_error FROM sync_day ORDER BY date");
const outcomes = () => bench.ask("SELECT date, status, reason, rows, error FROM sync_task_day ORDER BY date");

test("rows, ledger, outcome and the skips before it appear together", async () => {
  const run = await runningTask(bench, "2024-01-01", DAY, { skip: ["2024-01-01"] });
  const day = write(DAY, rowsOf(DAY, 40), { skipsBefore: ["2024-01-01"] });
  await run.session.storeDay(run.taskId, day, never);
  expect(await bench.codes(DAY)).toHaveLength(40);
  expect(await ledger()).toEqual([
    {
      date: DAY,
      state: "complete",
      rows: 40,
      checksum: day.encoded.checksum,
      source: "files",
      confirmed: false,
      last_error: null,
    },
  ]);
  expect(await outcomes()).toEqual([
    { date: "2024-01-01", status: "skipped", reason: "weekend", rows: null, error: null },
    { date: DAY, status: "success", reason: null, rows: 40, error: null },
  ]);
});

test("every value arrives as it was sent: backslash, tab, newline, \\., empty text, NULL and long numbers", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const odd = [
    row(DAY, "\\."),
    row(DAY, "\\N", { stock_name: null, volume: null, amount: null, open_price: null }),
    row(DAY, "A\tB", { stock_name: "line\nbreak\r\n" }),
    row(DAY, "NA", { stock_name: "" }),
    row(DAY, "Z\\tZ", {
      stock_name: "浦发银行 🚀 \\",
      volume: "9223372036854775807",
      close_price: "0.10000000000000000000000001",
    }),
  ];
  await run.session.storeDay(run.taskId, write(DAY, odd), never);
  const stored = await bench.ask(
    'SELECT stock_code, stock_name, open_price, close_price, volume, amount FROM daily_stock_data ORDER BY stock_code COLLATE "C"',
  );
  const sent = odd.map(({ stock_code, stock_name, open_price, close_price, volume, amount }) => ({
    stock_code,
    stock_name,
    open_price,
    close_price,
    volume,
    amount,
  }));
  expect(stored).toEqual(sent.toSorted((a, b) => (a.stock_code! < b.stock_code! ? -1 : 1)));
});

test("fewer rows stored than sent roll the day back: a line of \\. does not end it in silence", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const day = write(DAY, rowsOf(DAY, 3));
  const text = Buffer.from(day.encoded.body).toString("utf8").split("\n");
  const body = Buffer.from([text[0], "\\.", text[1], text[2], ""].join("\n"));
  await expect(run.session.storeDay(run.taskId, { ...day, encoded: { ...day.encoded, body } }, never)).rejects.toThrow(
    DayFailure,
  );
  expect(await bench.codes(DAY)).toEqual([]);
  expect(await ledger()).toEqual([]);
  expect(await outcomes()).toMatchObject([{ status: "pending" }]);
});

test("rows the table refuses roll the day back, with the database's own words", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const twice = [row(DAY, "600000"), row(DAY, "600001", { close_price: "not a number" })];
  const refused = run.session.storeDay(run.taskId, write(DAY, twice), never);
  await expect(refused).rejects.toMatchObject({
    name: "DayFailure",
    code: "database_error",
    params: { detail: expect.stringMatching(/not a number.*\(22P02\)/s) },
  });
  expect(await bench.codes(DAY)).toEqual([]);
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 2)), never);
  expect(await bench.codes(DAY)).toHaveLength(2);
});

test("a re-sync replaces the whole day: what vanished from the source is gone", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.storeDay(
    run.taskId,
    write(DAY, [row(DAY, "600000"), row(DAY, "600001"), row("2024-01-02", "600002")]),
    never,
  );
  await run.session.storeDay(run.taskId, write(DAY, [row(DAY, "600001", { close_price: "9" }), row(DAY, "600009")]), never);
  expect(await bench.codes(DAY)).toEqual(["600001", "600009"]);
  expect(await bench.ask("SELECT close_price FROM daily_stock_data WHERE stock_code = '600001'")).toEqual([{ close_price: "9" }]);
  expect(await ledger()).toMatchObject([{ rows: 2 }]);
});

test("a failed re-sync keeps the stored day and its place in the ledger", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  const before = await ledger();
  await run.session.recordOutcome(run.taskId, failure(DAY), []);
  expect(await bench.codes(DAY)).toHaveLength(3);
  expect(await ledger()).toEqual(before);
  expect(await outcomes()).toMatchObject([{ status: "failed", reason: "source_empty", error: { code: "source_empty" } }]);
});

test("a first failure is in the ledger, a later success takes its place", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.recordOutcome(run.taskId, failure(DAY), []);
  expect(await ledger()).toMatchObject([{ state: "failed", rows: 0, last_error: { code: "source_empty", params: {} } }]);
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  expect(await ledger()).toMatchObject([{ state: "complete", rows: 3, last_error: null }]);
});

test("a skip leaves the ledger alone", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.recordOutcome(run.taskId, outcome(DAY, { status: "skipped", reason: "not_published", rows: null }), []);
  expect(await ledger()).toEqual([]);
  expect(await outcomes()).toMatchObject([{ status: "skipped", reason: "not_published" }]);
});

test("a day whose table is locked fails after ten seconds and leaves the connection usable", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const letGo = await bench.lockTable();
  const stored = run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 2)), never);
  await expect(stored).rejects.toMatchObject({ code: "database_error", params: { detail: expect.stringContaining("55P03") } });
  await letGo();
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 2)), never);
  expect(await bench.codes(DAY)).toHaveLength(2);
});

test("an outcome behind somebody's lock is no verdict: it is to be recorded again, also that of a verify", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const records = [
    () => run.session.recordOutcome(run.taskId, failure(DAY), []),
    () => run.session.recordComparison(run.taskId, outcome(DAY), null, []),
  ];
  for (const record of records) {
    const letGo = await bench.lockTable("sync_task_day");
    const recorded = record().catch((error: unknown) => error);
    await bench.someoneWaits();
    // As its own patience of ten seconds would end it.
    await bench.ask("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    expect(await recorded).toBeInstanceOf(DatabaseBusyError);
    await letGo();
    await record();
  }
  expect(await outcomes()).toMatchObject([{ status: "success" }]);
});
