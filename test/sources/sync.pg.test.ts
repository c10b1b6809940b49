import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { TaskDay } from "@/lib/contract/task";
import { ROWS_A_TURN } from "@/server/sync/rows/turns";
import { systemClock } from "@/server/system-clock";
import { type App, startApp } from "../support/app";
import { type FakeFilesServer, startFakeFilesServer } from "../support/fake-files-server";
import { FILE_DAY, folderWith } from "./harness";
import { parquetWith } from "./parquet";
import { openForeignWorld } from "./postgres-world";

const HELD = "SELECT stock_code, close_price::text FROM daily_stock_data ORDER BY stock_code";

describe("a poisoned file over a whole instance", () => {
  let app: App;
  let server: FakeFilesServer;
  beforeAll(async () => {
    server = await startFakeFilesServer();
    app = await startApp({ env: { SOURCE: "files", FILES_URL: `${server.url}/{yyyy-MM-dd}.csv` } });
  });
  afterAll(async () => {
    await app.stop();
    await server.close();
  });

  async function syncWith(content: string | Uint8Array): Promise<TaskDay | undefined> {
    server.files.set(`/${FILE_DAY}.csv`, content);
    const { task_id } = await app.sync(FILE_DAY, FILE_DAY, { force: true });
    return (await app.api<{ days: TaskDay[] }>(`/tasks/${task_id}/days`)).body.data.days[0];
  }
  const bytes = (text: string) => Buffer.from(text, "latin1");

  test.each<[string, string | Uint8Array, object]>([
    ["a NUL", "code,close\nA\0,1\nB,2\n", { rule: "control_character" }],
    ["bad UTF-8", bytes("code,close\nA\xff,1\n"), { rule: "bad_encoding", row: 2 }],
    ["NaN", "code,close\nA,NaN\n", { rule: "not_finite", field: "close_price", row: 1 }],
    ["infinity", "code,close,open\nA,1,-Infinity\n", { rule: "not_finite", field: "open_price" }],
    ["1e400", "code,close\nA,1e400\n", { rule: "too_large_number", value: "1e400" }],
    ["one code twice", "code,close\nA,1\nB,1\nA,2\n", { rule: "duplicate", code: "A", first: 1, row: 3 }],
    ["words for numbers", "code,close\nA,one\nB,2\n", { rule: "too_many_rejected", field: "close_price", value: "one" }],
    ["no code", "code,close\n,1\n", { rule: "too_many_rejected", problem: "missing" }],
    ["an unclosed quote", 'code,close\nA,1\nB,"2\n', { rule: "unclosed_quote" }],
    ["a column too few", "code,open\nA,1\n", { rule: "missing_column", field: "close_price" }],
    ["a NUL in the header", "co\0de,x\nA,1\n", { rule: "missing_column", found: "co␀de, x" }],
    ["a header that is cut within a sign", `x${"😀".repeat(120)},b\n1,2\n`, { rule: "missing_column" }],
    ["a line of 10 MB", `code,close\nA,${"9".repeat(10_000_000)}\n`, { rule: "line_too_long" }],
  ])("%s stores nothing and fails the day, naming row and field", async (_, content, params) => {
    const day = await syncWith(content);
    expect(day).toMatchObject({ status: "failed", error: { code: "bad_rows", params } });
    expect(await app.ask(HELD)).toEqual([]);
  });

  test("what is only dressed otherwise is stored, and the poison behind it changes nothing", async () => {
    expect(await syncWith(`\uFEFFx,close,low,high,open,code\r\n1,1.5,0.5,2,1,600000\r\n2,0.4,0.5,2,1,\\.\r\n`)).toMatchObject({
      status: "success",
      rows: 2,
      warnings: [{ code: "price_outside_range", params: { codes: "\\." } }],
    });
    const held = await app.ask(HELD);
    expect(held.map(({ stock_code }) => stock_code).sort()).toEqual(["600000", "\\."]);
    expect(await syncWith("code,close\nA,1e400\n")).toMatchObject({ status: "failed" });
    expect(await app.ask(HELD)).toEqual(held);
    // Rows of other days are left out before anything is counted.
    const days = `code,date,close\n600000,${FILE_DAY},2\n000001,${FILE_DAY},3\n`;
    expect(await syncWith(`${days}A,2024-01-03,1\n`)).toMatchObject({ status: "success", rows: 2, rejected: 0 });
  });
});

test("one row in two hundred whose date cannot be read is left out, counted and named", async () => {
  const rows = Array.from({ length: 200 }, (_, index) => `${600_000 + index},${FILE_DAY},1,1,1,1`).join("\n");
  const folder = folderWith({ [`${FILE_DAY}.csv`]: `code,date,open,high,low,close\n${rows}\nX,02/01/2024,1,1,1,1\n` });
  const app = await startApp({ env: { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") } });
  try {
    const { task_id } = await app.sync(FILE_DAY, FILE_DAY);
    const [day] = (await app.api<{ days: TaskDay[] }>(`/tasks/${task_id}/days`)).body.data.days;
    expect(day).toMatchObject({ rows: 200, rejected: 1, warnings: [{ code: "rejected_rows", params: { value: "02/01/2024" } }] });
  } finally {
    await app.stop();
  }
});

test("a task over another PostgreSQL stores what stands there, and refuses to read what it writes", async () => {
  const world = await openForeignWorld();
  await world.ask(`CREATE TABLE bars (code text, name text, date date, close numeric, volume bigint);
    INSERT INTO bars SELECT (600000 + n)::text, '股票' || n, day::date, n + 0.25, n FROM generate_series(1, 500) n,
      generate_series(timestamp '2024-01-02', '2024-01-05', '1 day') day`);
  const env = { SOURCE: "postgres", POSTGRES_SOURCE_URL: world.url, POSTGRES_SOURCE_TABLE: "bars" };
  const app = await startApp({ env });
  try {
    expect(await app.sync("2024-01-02", "2024-01-08")).toMatchObject({ status: "completed", success: 4, failed: 1, rows: 2_000 });
    const columns = "stock_code, stock_name, trade_date::text, close_price::text, volume";
    const held = await app.ask(`SELECT ${columns} FROM daily_stock_data ORDER BY trade_date, stock_code`);
    expect(held).toEqual(
      await world.ask(
        `SELECT code AS stock_code, name AS stock_name, date::text AS trade_date, close::text AS close_price, volume FROM bars ORDER BY date, code`,
      ),
    );
    const { body } = await app.api<TaskDay[]>("/date/2024-01-08");
    expect(body.data).toMatchObject({ status: "failed" });

    const url = new URL(app.databaseUrl);
    url.pathname = url.pathname.replace("test", "%74est");
    const itself = startApp({
      databaseUrl: app.databaseUrl,
      env: { ...env, POSTGRES_SOURCE_URL: url.href, POSTGRES_SOURCE_TABLE: 'public."daily_stock_data"' },
    });
    await expect(itself).rejects.toThrow("the very table that is filled");
  } finally {
    await app.stop();
    await world.close();
  }
});

describe("codes that a spreadsheet or a column of numbers has shortened", () => {
  const ZEROS_EATEN = { code: "bad_rows", params: { rule: "too_many_rejected", problem: "too_few_digits", value: "1" } };
  const FILE = "code,open,high,low,close\n1,1,1,1,1\n600000,1,1,1,1\n700,1,1,1,1\n";

  async function dayOf(env: Record<string, string>) {
    const app = await startApp({ env });
    onTestFinished(() => app.stop());
    const { task_id } = await app.sync(FILE_DAY, FILE_DAY);
    const [day] = (await app.api<{ days: TaskDay[] }>(`/tasks/${task_id}/days`)).body.data.days;
    return { day, held: (await app.ask(HELD)).map(({ stock_code }) => stock_code) };
  }
  const overFile = (calendar: string, content = FILE) => {
    const folder = folderWith({ [`${FILE_DAY}.csv`]: content });
    return dayOf({ SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv"), CALENDAR: calendar });
  };

  test.each([
    ["XSHG", 6, FILE],
    ["XSHG", 6, FILE.replaceAll(",1\n", ',"1"\n')],
    ["XHKG", 5, FILE],
  ])("under %s a day of them fails and stores nothing: %d digits are expected", async (calendar, digits, content) => {
    const { day, held } = await overFile(calendar, content);
    expect(day).toMatchObject({ status: "failed", error: { ...ZEROS_EATEN, params: { ...ZEROS_EATEN.params, digits } } });
    expect(held).toEqual([]);
  });

  test("under XNYS they are codes like any other", async () => {
    expect((await overFile("XNYS")).held).toEqual(["1", "600000", "700"]);
  });

  test("over a table of another PostgreSQL whose codes are numbers the words are the same", async () => {
    const world = await openForeignWorld();
    onTestFinished(() => world.close());
    await world.ask(`CREATE TABLE bars (code integer, date date, close numeric);
      INSERT INTO bars VALUES (1, '${FILE_DAY}', 1), (600000, '${FILE_DAY}', 1)`);
    const { day, held } = await dayOf({ SOURCE: "postgres", POSTGRES_SOURCE_URL: world.url, POSTGRES_SOURCE_TABLE: "bars" });
    expect(day).toMatchObject({ status: "failed", error: ZEROS_EATEN });
    expect(held).toEqual([]);
  });

  test("a test of the source says it too", async () => {
    const folder = folderWith({ [`${FILE_DAY}.csv`]: FILE });
    const app = await startApp({ env: { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") } });
    onTestFinished(() => app.stop());
    const { body } = await app.api("/source/test", { method: "POST", body: { day: FILE_DAY } });
    expect(body.data).toMatchObject({
      outcome: "refused",
      error: ZEROS_EATEN,
      rejected_sample: [{ row: 1, digits: 6 }, { row: 3 }],
    });
  });
});

test("a day of many rows lets others in while it is judged, and while it is encoded", async () => {
  let ways = 0;
  const giveWay = async () => {
    ways += 1;
    await systemClock.giveWay();
  };
  const lines = Array.from({ length: 3 * ROWS_A_TURN }, (_, index) => `${100_000 + index},1,1,1,1\n`).join("");
  const folder = folderWith({ [`${FILE_DAY}.csv`]: `code,open,high,low,close\n${lines}` });
  const app = await startApp({
    env: { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") },
    clock: { ...systemClock, giveWay },
  });
  onTestFinished(() => app.stop());
  expect(await app.sync(FILE_DAY, FILE_DAY)).toMatchObject({ success: 1, rows: 3 * ROWS_A_TURN });
  // Twice between the three turns of the rules, and twice between those of the text.
  expect(ways).toBe(4);
  await app.api("/source/test", { method: "POST", body: { day: FILE_DAY } });
  expect(ways).toBe(6);
});

test("a parquet file with a run that never ends fails its day, stores nothing, and the next one is stored", async () => {
  const codes = Array.from({ length: 1_000 }, (_, index) => String(600_000 + index));
  const prices = codes.map(() => 1.5);
  const sound = parquetWith({ code: { data: codes, type: "BYTE_ARRAY" }, close: { data: prices, type: "DOUBLE" } });
  const poisoned = Buffer.from(sound);
  // The marks for absent values: one run of 1,000 ones becomes one of two thousand million.
  Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 1]).copy(poisoned, poisoned.indexOf(Buffer.from([0xd0, 0x0f, 1])));
  const folder = folderWith({ "2024-01-02.parquet": poisoned, "2024-01-03.parquet": sound });
  const app = await startApp({ env: { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.parquet") } });
  onTestFinished(() => app.stop());
  const { task_id } = await app.sync("2024-01-02", "2024-01-03");
  const { days } = (await app.api<{ days: TaskDay[] }>(`/tasks/${task_id}/days`)).body.data;
  expect(days).toMatchObject([
    { status: "failed", error: { code: "source_error", params: { kind: "unreadable" } } },
    { status: "success", rows: 1_000 },
  ]);
  const held = await app.ask("SELECT DISTINCT trade_date::text AS day FROM daily_stock_data");
  expect(held).toEqual([{ day: "2024-01-03" }]);
});
