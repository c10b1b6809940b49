import { createServer } from "node:net";
import type { Day } from "@/lib/contract/day";
import { databaseThrough, dialPostgres, listenOnLoopback, stopListening } from "../../support/loopback";
import { openForeignWorld } from "../postgres-world";
import { ADVICE, configuration, credentials, quoted } from "./advice";
import { providerOf, type World } from "./case";

const ROWS = 20;
const PASSWORD = "hunter2hunter2";
const VIEW = "SELECT code, date, open, high, low, close FROM held";

interface PostgresWorld extends World {
  role: string;
  /** By the owner of that database. */
  ask(sql: string): Promise<unknown>;
  /** Ends the connections of the role, as a server does that was told to keep it out. */
  cut(): Promise<unknown>;
  /** Whether the server takes every connection only to end it. */
  hangUp(always: boolean): void;
}

export const postgres = providerOf<PostgresWorld>({
  source: "postgres",
  name: "another PostgreSQL",
  calendar: "XSHG",
  guide: { document: "docs/sources.md", heading: "## Another PostgreSQL" },
  shownElsewhere: {
    "the very table that is filled": "test/sources/sync.pg.test.ts",
    "did not find the rows within … s": "test/sources/postgres/faults.pg.test.ts",
  },
  secrets: [PASSWORD],
  async open() {
    const { url, ask, close } = await openForeignWorld();
    const role = `reader_${process.pid}`;
    await ask(`CREATE TABLE held (code text, date date, open numeric, high numeric, low numeric, close numeric);
      CREATE VIEW bars AS ${VIEW}; CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'; GRANT SELECT ON bars TO ${role}`);
    const line = await startCountingLine(url);
    const asRole = new URL(line.url);
    asRole.username = role;
    asRole.password = PASSWORD;
    const cut = () => ask(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '${role}'`);
    const healed = `CREATE OR REPLACE VIEW bars AS ${VIEW}; ALTER ROLE ${role} LOGIN; GRANT SELECT ON bars TO ${role}`;
    return {
      role,
      ask,
      cut,
      hangUp: line.hangUp,
      env: { SOURCE: "postgres", POSTGRES_SOURCE_URL: asRole.href, POSTGRES_SOURCE_TABLE: "bars" },
      rows: ROWS,
      async serve(days: readonly Day[]) {
        const list = days.map((day) => `DATE '${day}'`).join(", ");
        await ask(`INSERT INTO held SELECT (600000 + n)::text, day, 1, 3, 1, 2 FROM generate_series(1, ${ROWS}) n,
          unnest(ARRAY[${list}]) day`);
      },
      asked: line.asked,
      async heal() {
        line.hangUp(false);
        await ask(`DO $$ BEGIN IF to_regclass('gone') IS NOT NULL THEN ALTER VIEW gone RENAME TO bars; END IF; END $$`);
        await ask(healed);
      },
      async close() {
        await cut();
        await line.close();
        await ask(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
        await close();
      },
    };
  },
  cases: {
    later: "a table has rows of a day or it has none, and the calendar decides what that means",
    rate: "a server does not count questions; one that takes no more connections is tried again",
    quota: "a server has no allowance",
    auth: [
      {
        what: "a role that may not log in any more",
        guide: "the credentials are not accepted",
        async begin({ ask, role, cut }) {
          await ask(`ALTER ROLE ${role} NOLOGIN`);
          await cut();
        },
        calls: 1,
        says: quoted(
          "The source does not accept the credentials (check POSTGRES_SOURCE_URL)",
          "数据源不接受当前凭据（请检查 POSTGRES_SOURCE_URL）",
          `role "reader_${process.pid}" is not permitted to log in (28000)`,
        ),
        advice: credentials("POSTGRES_SOURCE_URL"),
      },
    ],
    plan: [
      {
        what: "no right to the table",
        guide: "the role has no right to read the table",
        begin: async ({ ask, role }) => void (await ask(`REVOKE SELECT ON bars FROM ${role}`)),
        calls: 1,
        says: quoted(
          "The role in POSTGRES_SOURCE_URL has no right to read the table",
          "POSTGRES_SOURCE_URL 中的角色无权读取该表",
          "permission denied for view bars (42501)",
        ),
        advice: ADVICE.grant,
      },
      {
        what: "a table that is gone",
        guide: "the configuration does not fit the source",
        async begin({ ask, cut }) {
          await ask("ALTER VIEW bars RENAME TO gone");
          await cut();
        },
        calls: 1,
        says: quoted(
          "The configuration does not fit the source (check POSTGRES_SOURCE_TABLE)",
          "配置与数据源不符（请检查 POSTGRES_SOURCE_TABLE）",
          'relation "bars" does not exist (42P01)',
        ),
        advice: configuration("POSTGRES_SOURCE_TABLE"),
      },
    ],
    broken: [
      {
        what: "a server that hangs up at once",
        guide: "cannot be reached",
        async begin({ hangUp, cut }) {
          hangUp(true);
          await cut();
        },
        attempts: [3, 3, 3],
        calls: 9,
        says: quoted("The source cannot be reached", "无法连接数据源", "Connection terminated unexpectedly"),
        advice: ADVICE.network,
      },
      {
        what: "a view that divides by nothing",
        guide: "any other error",
        begin: async ({ ask }) =>
          void (await ask(
            "CREATE OR REPLACE VIEW bars AS SELECT code, date, open, high, low, close / (close - 2) AS close FROM held",
          )),
        attempts: [3, 3, 3],
        calls: 9,
        says: quoted("The source answered with an error", "数据源返回错误", "division by zero (22012)"),
        advice: ADVICE.again,
      },
    ],
  },
});

/** A line to a PostgreSQL that counts the days that were asked for: transactions, and connections that came to none. */
async function startCountingLine(databaseUrl: string) {
  const begins: number[] = [];
  let hangsUp = false;
  const server = createServer((client) => {
    const at = begins.push(0) - 1;
    // What was said is heard: bytes that nobody reads would end the line in another way.
    if (hangsUp) return void client.on("error", () => {}).once("data", () => client.end());
    const upstream = dialPostgres(databaseUrl);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
    client.on("data", (chunk: Buffer) => {
      if (chunk.includes("BEGIN ISOLATION")) begins[at] = (begins[at] ?? 0) + 1;
    });
  });
  const port = await listenOnLoopback(server);
  return {
    url: databaseThrough(databaseUrl, port),
    hangUp(always: boolean) {
      hangsUp = always;
    },
    asked: () => begins.reduce((sum, count) => sum + Math.max(1, count), 0),
    close: () => stopListening(server),
  };
}
