import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeFilesServer, type Fault, startFakeFilesServer } from "../../support/fake-files-server";
import { FILE_DAY, filesSource, jumpingClock, refusalOf, rowsOf, unwatched } from "../harness";
import { sentencesOf } from "../sentences";

const CSV = `code,close\n${Array.from({ length: 2_000 }, (_, index) => `${600_000 + index},1.5`).join("\n")}\n`;
const PATH = `/${FILE_DAY}.csv`;
/** Short, for they are waited for, and long enough for a busy machine to answer in time where it is to answer. */
const QUICK = { headersMs: 1_500, stallMs: 800, minProgressBytes: 1_000 };

let server: FakeFilesServer;
beforeEach(async () => {
  server = await startFakeFilesServer({ [PATH]: CSV, [`${PATH}.gz`]: gzipSync(CSV) });
});
afterEach(() => server.close());

const source = (path = "/{yyyy-MM-dd}.csv", webLimits = {}) => filesSource({ url: server.url + path }, { webLimits });

describe("a file on a web server", () => {
  test.each([404, 410])("that is not there (%i) is nothing", async (status) => {
    server.fault = { kind: "status", status, body: "<html>none</html>" };
    const secretive = source("/{yyyy-MM-dd}.csv?key=abcdef");
    const missing = `${server.url}/${FILE_DAY}.csv?key=…`;
    expect(await secretive.fetchDay(FILE_DAY, unwatched)).toEqual({ kind: "nothing", missing });
  });

  test("is asked for with the user and the query of the address", async () => {
    await rowsOf(filesSource({ url: `${server.url.replace("//", "//ann:s%40cret@")}/{yyyy-MM-dd}.csv?key=abcdef` }), FILE_DAY);
    expect(server.requests[0]?.path).toBe(`${PATH}?key=abcdef`);
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ann:s@cret").toString("base64")}`);
  });

  test("may be named by the end of the query", async () => {
    server.files.set("/get", CSV);
    expect(await rowsOf(source("/get?file={yyyyMMdd}.csv"), FILE_DAY)).toHaveLength(2_000);
  });

  test("comes through a gzip of the way, and a .gz that the server has undone is read too", async () => {
    server.headers = { "content-encoding": "gzip" };
    server.files.set(PATH, gzipSync(CSV));
    expect(await rowsOf(source(), FILE_DAY)).toHaveLength(2_000);
    expect(await rowsOf(source("/{yyyy-MM-dd}.csv.gz"), FILE_DAY)).toHaveLength(2_000);
    server.headers = {};
    expect(await rowsOf(source("/{yyyy-MM-dd}.csv.gz"), FILE_DAY)).toHaveLength(2_000);
    expect(server.requests.at(-1)?.headers["accept-encoding"]).toBe("identity");
  });
});

describe("an answer that is no file stores nothing:", () => {
  test.each<[string, Fault | string | Uint8Array, object, string]>([
    ["0 bytes", "", { refusal: "broken", kind: "empty_file" }, "empty"],
    ["a web page", "<!doctype html><html>log in</html>", { refusal: "broken", kind: "html" }, "web page"],
    ["silence", { kind: "silence" }, { refusal: "broken", kind: "no_answer" }, "did not answer"],
    ["a byte now and then", { kind: "drip", everyMs: 20 }, { refusal: "broken", kind: "stalled" }, "stopped in the middle"],
    ["a stall at 99 %", { kind: "stall" }, { refusal: "broken", kind: "stalled" }, "stopped in the middle"],
    ["a line that breaks", { kind: "cut" }, { refusal: "broken", kind: "stalled" }, "stopped in the middle"],
    ["half a gzip", { kind: "cut_gzip" }, { refusal: "broken", kind: "truncated" }, "end too early"],
    ["500", { kind: "status", status: 500, body: "oops" }, { refusal: "broken", kind: "http_status", status: 500 }, "HTTP 500"],
    ["502 of a gateway", { kind: "status", status: 502, body: "<html>Bad Gateway</html>" }, { kind: "http_status" }, "HTTP 502"],
    ["401", { kind: "status", status: 401 }, { refusal: "auth", kind: "auth", variable: "FILES_URL" }, "check FILES_URL"],
    ["403", { kind: "status", status: 403 }, { refusal: "auth", kind: "auth", variable: "FILES_URL" }, "check FILES_URL"],
    [
      "429",
      { kind: "status", status: 429, headers: { "retry-after": "7" } },
      { refusal: "rate", kind: "rate" },
      "asks for a pause",
    ],
    ["10 MB without a line end", "A,1,".repeat(2_500_000), { rule: "line_too_long", row: 1 }, "longer than 64 kB"],
  ])("%s", async (_, fault, expected, words) => {
    if (typeof fault === "string" || fault instanceof Uint8Array) server.files.set(PATH, fault);
    else server.fault = fault;
    const refusal = await refusalOf(source(undefined, QUICK), FILE_DAY);
    expect(refusal).toMatchObject(expected);
    const [english = "", chinese = ""] = sentencesOf(refusal);
    expect(english).toContain(words);
    expect(chinese).toMatch(/[\u4e00-\u9fff]/);
  });

  test("a pause that the server asks for is passed on", async () => {
    server.fault = { kind: "status", status: 429, headers: { "retry-after": "7" } };
    await expect(source().fetchDay(FILE_DAY, unwatched)).rejects.toMatchObject({ refusal: "rate", waitMs: 7_000 });
  });

  test("a server that is not there is unreachable", async () => {
    await server.close();
    expect(await refusalOf(source(), FILE_DAY)).toMatchObject({ refusal: "broken", kind: "unreachable" });
    server = await startFakeFilesServer();
  });

  test("more than the cap is not read", async () => {
    expect(await refusalOf(source(undefined, { maxWireBytes: 1_024 }), FILE_DAY)).toMatchObject({ kind: "too_large" });
  });

  test("what is secret in the address is in no word of a refusal", async () => {
    const url = `${server.url.replace("//", "//ann:hunter2hunter2@")}/{yyyy-MM-dd}.csv?key=abcdefabcdef`;
    server.fault = { kind: "status", status: 500, body: "no: abcdefabcdef, hunter2hunter2" };
    const words = JSON.stringify(await refusalOf(filesSource({ url }), FILE_DAY));
    expect(words).not.toMatch(/abcdefabcdef|hunter2/);
    server.fault = null;
    server.files.set(PATH, "");
    expect(JSON.stringify(await refusalOf(filesSource({ url }), FILE_DAY))).not.toMatch(/abcdefabcdef|hunter2/);
    expect(() => filesSource({ url: url.replace(".csv", ".xlsx") })).toThrow(/^(?!.*(?:abcdef|hunter2))/s);
  });

  test("nor is what the server makes of it: the header it got, and a redirect that bears it", async () => {
    const url = `${server.url.replace("//", "//ann:hunter2hunter2@")}/{yyyy-MM-dd}.csv`;
    const pair = Buffer.from("ann:hunter2hunter2").toString("base64");
    server.fault = { kind: "status", status: 500, body: `I got ${pair}` };
    expect(await refusalOf(filesSource({ url }), FILE_DAY)).toMatchObject({ detail: expect.stringMatching(/^I got \*\*\*/) });
    for (const location of ["/hunter2hunter2", `/${pair}`, "ftp://x/hunter2hunter2", "/%68unter2hunter2"]) {
      server.fault = { kind: "status", status: 302, headers: { location } };
      const refusal = await refusalOf(filesSource({ url }), FILE_DAY);
      expect(refusal).toMatchObject({ kind: "http_status", status: 302 });
      expect(decodeURIComponent(JSON.stringify(refusal))).not.toMatch(/hunter2|YW5u/);
    }
  });

  test.each<Fault>([{ kind: "silence" }, { kind: "stall" }, { kind: "drip", everyMs: 5 }])(
    "a cancel during $kind rejects at once and leaves no connection",
    async (fault) => {
      server.fault = fault;
      const abort = new AbortController();
      const reason = new Error("cancelled");
      const fetched = source().fetchDay(FILE_DAY, { ...unwatched, signal: abort.signal });
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      abort.abort(reason);
      await expect(fetched).rejects.toBe(reason);
      while (server.connections() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  );
});

describe("a file of several days", () => {
  const several = (...days: string[]) => `code,date,close\n${days.map((day) => `A,${day},1\n`).join("")}`;

  test("is fetched once for all of them, and again when it is old or lacks a day", async () => {
    const clock = jumpingClock();
    server.files.set("/2024.csv", several("2024-01-02", "2024-01-03"));
    const yearly = filesSource({ url: `${server.url}/{yyyy}.csv` }, { clock });
    await rowsOf(yearly, "2024-01-02");
    await rowsOf(yearly, "2024-01-03");
    expect(server.requests).toHaveLength(1);

    server.files.set("/2024.csv", several("2024-01-02", "2024-01-03", "2024-01-04"));
    expect(await rowsOf(yearly, "2024-01-04")).toHaveLength(1);
    expect(server.requests).toHaveLength(2);

    await clock.sleep(11 * 60_000);
    await rowsOf(yearly, "2024-01-02");
    expect(server.requests).toHaveLength(3);
  });

  test("that is broken is asked for anew by the next attempt", async () => {
    server.files.set("/2024.csv", 'code,date,close\nA,"2024-01-02,1\n');
    const yearly = filesSource({ url: `${server.url}/{yyyy}.csv` });
    await refusalOf(yearly, FILE_DAY);
    server.files.set("/2024.csv", several(FILE_DAY));
    expect(await rowsOf(yearly, FILE_DAY)).toHaveLength(1);
  });
});
