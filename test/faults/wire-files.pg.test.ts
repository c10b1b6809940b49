import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type FakeFilesServer, type Fault, startFakeFilesServer } from "../support/fake-files-server";
import { parquetOf } from "../sources/parquet";
import { zipOf } from "../support/zip";
import { DAY, keepsItsWord, type Trouble, type World } from "./wire-claims";

const MEBIBYTE = 1024 * 1024;
const ROWS = 40;
const TABLE = `code,close\n${Array.from({ length: ROWS }, (_, index) => `${600_000 + index},1.5`).join("\n")}\n`;
const LONG_LINE = `code,close\nA,${"9".repeat(10 * MEBIBYTE)}\n`;
const PARQUET = parquetOf({
  code: { data: Array.from({ length: ROWS }, (_, index) => String(600_000 + index)) },
  close: { data: Array.from({ length: ROWS }, () => 1.5), type: "DOUBLE" },
});
const BOMB = gzipSync(Buffer.alloc(300 * MEBIBYTE, "600000,1.5\n"));
const TOO_LONG = { fails: "bad_rows", by: { rule: "line_too_long", row: 2 } };

/** The file with some of its bytes spoiled. */
function spoiled(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.concat([bytes.subarray(0, from), Buffer.alloc(to - from, 0xff), bytes.subarray(to)]);
}

/** What a packed file may be wrong with, wherever it comes from. */
const PACKED: [what: string, ending: string, content: Buffer][] = [
  ["a truncated gzip", "csv.gz", gzipSync(TABLE).subarray(0, -9)],
  ["a gzip bomb", "csv.gz", BOMB],
  ["a zip that says its table is shorter", "zip", zipOf({ "a.csv": { content: TABLE, claims: { bytes: 20 } } })],
  ["a zip that says its table is longer", "zip", zipOf({ "a.csv": { content: TABLE, claims: { bytes: 2_000 } } })],
  ["a zip that says its table is huge", "zip", zipOf({ "a.csv": { content: TABLE, claims: { bytes: 3e9 } } })],
  ["a zip with a wrong checksum", "zip", zipOf({ "a.csv": { content: TABLE, claims: { crc32: 7 } } })],
  ["a zip that is cut", "zip", zipOf({ "a.csv": TABLE }).subarray(0, 150)],
  ["a parquet with a broken footer", "parquet", spoiled(PARQUET, PARQUET.length - 60, PARQUET.length - 40)],
  ["a parquet whose footer cannot be found", "parquet", spoiled(PARQUET, PARQUET.length - 8, PARQUET.length - 4)],
  ["a parquet with a broken page", "parquet", spoiled(PARQUET, 4, 24)],
  ["a parquet that is cut", "parquet", PARQUET.subarray(0, -30)],
];

interface WebWorld extends World {
  server: FakeFilesServer;
}
const url = (server: FakeFilesServer, ending: string) => `${server.url}/{yyyy-MM-dd}.${ending}`;

const onTheWay = (what: string, fault: Fault, doing: Trouble<WebWorld>["doing"]): Trouble<WebWorld> => ({
  what,
  doing,
  begin({ server }) {
    server.fault = fault;
  },
});

/** The server sends this. */
const sent = (
  what: string,
  content: string | Buffer,
  more: Partial<Trouble<WebWorld>> & { headers?: object; ending?: string },
) => {
  const { headers = {}, ending = "csv", doing = "retrying" } = more;
  const trouble: Trouble<WebWorld> = {
    what,
    doing,
    begin({ server }) {
      server.files.set(`/${DAY}.${ending}`, content);
      server.headers = { ...headers };
    },
    env: ({ server }) => ({ FILES_URL: url(server, ending) }),
  };
  return trouble;
};

async function web(): Promise<WebWorld> {
  const server = await startFakeFilesServer();
  const heal = () => {
    server.fault = null;
    server.headers = {};
    server.files.set(`/${DAY}.csv`, TABLE);
  };
  heal();
  return { server, heal, env: { SOURCE: "files", FILES_URL: url(server, "csv") }, rows: ROWS, close: server.close };
}

keepsItsWord("files by http", web, [
  onTheWay("500", { kind: "status", status: 500, body: "oops" }, "retrying"),
  onTheWay("429 with seconds to wait", { kind: "status", status: 429, headers: { "retry-after": "3" } }, "rate_limited"),
  onTheWay("silence", { kind: "silence" }, "fetching"),
  onTheWay("one byte a second", { kind: "drip", everyMs: 1_000 }, "fetching"),
  onTheWay("a stall at 99 %", { kind: "stall" }, "fetching"),
  onTheWay("a line that is cut", { kind: "cut" }, "retrying"),
  onTheWay("a truncated gzip of the way", { kind: "cut_gzip" }, "retrying"),
  sent("a gzip bomb of the way", BOMB, { headers: { "content-encoding": "gzip" } }),
  sent("10 MB in one line", LONG_LINE, { doing: TOO_LONG }),
  ...PACKED.map(([what, ending, content]) => sent(what, content, { ending })),
]);

interface FolderWorld extends World {
  folder: string;
  /** What must end with the trouble. */
  ending: (() => void)[];
}

/** The file of the day is made this way. */
const made = (
  what: string,
  make: (path: string, world: FolderWorld) => void,
  doing: Trouble<FolderWorld>["doing"] = "retrying",
  ending = "csv",
): Trouble<FolderWorld> => ({
  what,
  doing,
  begin(world) {
    const path = join(world.folder, `${DAY}.${ending}`);
    rmSync(path, { force: true });
    make(path, world);
  },
  env: ({ folder }) => ({ FILES_URL: join(folder, `{yyyy-MM-dd}.${ending}`) }),
});

/** 60 MB, and somebody who goes on writing. */
function growing(path: string, { ending }: FolderWorld): void {
  writeFileSync(path, Buffer.alloc(60 * MEBIBYTE, "600000,1.5\n"));
  const timer = setInterval(() => appendFileSync(path, "600000,1.5\n"), 1);
  ending.push(() => clearInterval(timer));
}

async function local(): Promise<FolderWorld> {
  const folder = mkdtempSync(join(tmpdir(), "dayfill-wire-"));
  const ending: FolderWorld["ending"] = [];
  const heal = () => {
    for (const end of ending.splice(0)) end();
    rmSync(join(folder, `${DAY}.csv`), { force: true, recursive: true });
    writeFileSync(join(folder, `${DAY}.csv`), TABLE);
  };
  heal();
  const env = { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") };
  const close = async () => {
    heal();
    rmSync(folder, { recursive: true });
  };
  return { folder, ending, heal, env, rows: ROWS, close };
}

/** Nothing is forbidden to root. */
const FORBIDDEN =
  process.getuid?.() === 0 ? [] : [made("a file that we may not read", (path) => writeFileSync(path, TABLE, { mode: 0 }))];

keepsItsWord("files in a folder", local, [
  made("a file that grows while it is read", growing),
  made("a pipe that nobody writes to", (path) => void execFileSync("mkfifo", [path])),
  made("a folder under the name of the file", (path) => mkdirSync(path)),
  made("a link that leads to itself", (path) => symlinkSync(path, path)),
  ...FORBIDDEN,
  made("10 MB in one line", (path) => writeFileSync(path, LONG_LINE), TOO_LONG),
  ...PACKED.map(([what, ending, content]) => made(what, (path) => writeFileSync(path, content), "retrying", ending)),
]);
