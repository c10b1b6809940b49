import { Client } from "pg";
import { sqlOn } from "../support/ask";
import { anotherCount, behindRows, type ForeignLine, type OnTheWay, startForeignLine } from "../support/foreign-line";
import { freshDatabase } from "../support/postgres";
import { DAY, keepsItsWord, type Trouble, type World } from "./wire-claims";

interface PostgresWorld extends World {
  line: ForeignLine;
  /** Past the line: what is large need not be looked at. */
  direct: string;
  /** A session of somebody else in that database. */
  other: Client;
}

const ROWS = 40;

/** The table of the source, and others under which a day is no day. */
const TABLES = `
  CREATE TABLE bars (code text, date date, close numeric);
  INSERT INTO bars SELECT (600000 + n)::text, '${DAY}', 1.5 FROM generate_series(1, ${ROWS}) AS n;
  CREATE VIEW slow AS SELECT code, date, close FROM bars, pg_sleep(600);
  CREATE VIEW huge AS SELECT repeat('x', 60000) || n AS code, DATE '${DAY}' AS date, 1 AS close FROM generate_series(1, 6000) AS n;
  CREATE VIEW wide AS SELECT repeat('x', 70000) AS code, DATE '${DAY}' AS date, 1 AS close;
  CREATE VIEW broken AS SELECT code, date, 1 / (close - 1.5) AS close FROM bars`;

const onTheLine = (what: string, how: () => OnTheWay, doing: "fetching" | "retrying"): Trouble<PostgresWorld> => ({
  what,
  doing,
  begin: ({ line }) => line.meddle(how),
});

const ofTable = (
  what: string,
  table: string,
  doing: Trouble<PostgresWorld>["doing"],
  env: Record<string, string> = {},
): Trouble<PostgresWorld> => ({
  what,
  doing,
  begin: () => {},
  env: () => ({ POSTGRES_SOURCE_TABLE: table, ...env }),
});

const TROUBLES: Trouble<PostgresWorld>[] = [
  onTheLine("a line that is cut in the middle of COPY", behindRows(20, "cut"), "retrying"),
  onTheLine("silence in the middle of COPY", behindRows(20, "silence"), "fetching"),
  onTheLine("silence behind the last row", () => (kind, message) => (kind === "c" ? "silence" : message), "fetching"),
  onTheLine("silence from the first word", () => () => "silence", "fetching"),
  onTheLine("another count of the rows than came", anotherCount, "retrying"),
  onTheLine("a row that is lost on the way", lostRow, "retrying"),
  { what: "a server that is gone", doing: "retrying", begin: ({ line }) => line.refuse() },
  {
    what: "a locked table",
    doing: "fetching",
    begin: async ({ other }) => void (await other.query("BEGIN; LOCK TABLE bars IN ACCESS EXCLUSIVE MODE")),
  },
  ofTable("a question that takes long", "slow", "fetching"),
  ofTable("a question that fails", "broken", "retrying"),
  ofTable("a question that takes longer than a day may", "slow", { fails: "timeout" }, { DAY_TIMEOUT_MS: "4000" }),
  {
    what: "a day larger than the cap",
    doing: { fails: "source_error", by: { kind: "too_large", limit: "256 MiB" } },
    begin: () => {},
    env: ({ direct }) => ({ POSTGRES_SOURCE_TABLE: "huge", POSTGRES_SOURCE_URL: direct }),
  },
  ofTable("a line over 64 kB", "wide", { fails: "bad_rows", by: { rule: "line_too_long", row: 1 } }),
];

/** The seventh row never arrives; the count of the server stays. */
function lostRow(): OnTheWay {
  let seen = 0;
  return (kind, message) => {
    if (kind === "d") seen += 1;
    return kind === "d" && seen === 7 ? Buffer.alloc(0) : message;
  };
}

async function open(): Promise<PostgresWorld> {
  const database = await freshDatabase();
  await sqlOn(database.url, TABLES);
  const line = await startForeignLine(database.url);
  const other = new Client({ connectionString: database.url });
  await other.connect();
  return {
    line,
    direct: database.url,
    other,
    rows: ROWS,
    env: { SOURCE: "postgres", POSTGRES_SOURCE_URL: line.url, POSTGRES_SOURCE_TABLE: "bars" },
    async heal() {
      line.heal();
      await other.query("ROLLBACK");
    },
    async close() {
      await other.end();
      await line.close();
      await database.drop();
    },
  };
}

keepsItsWord("another PostgreSQL", open, TROUBLES);
