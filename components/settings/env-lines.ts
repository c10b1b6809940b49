/** Sources that a person may exchange the sample market for, in the order in which they are quickest to try. */
export const REAL_SOURCES = ["tushare", "baostock", "massive", "files", "postgres"] as const;
export type RealSource = (typeof REAL_SOURCES)[number];

/** What belongs into `.env` for a source; `…` is for the operator to fill. */
const LINES: Record<RealSource, readonly string[]> = {
  tushare: ["SOURCE=tushare", "TUSHARE_TOKEN=…", "CALENDAR=XSHG"],
  baostock: ["SOURCE=baostock", "CALENDAR=XSHG"],
  massive: ["SOURCE=massive", "MASSIVE_KEY=…", "CALENDAR=XNYS"],
  files: ["SOURCE=files", "FILES_URL=/data/{yyyy-MM-dd}.csv", "CALENDAR=XSHG"],
  postgres: [
    "SOURCE=postgres",
    "POSTGRES_SOURCE_URL=postgres://reader:password@host:5432/quotes",
    "POSTGRES_SOURCE_TABLE=market.daily_bars",
    "CALENDAR=XSHG",
  ],
};

/** The lines as one text, to be copied. */
export function envLines(source: RealSource): string {
  return LINES[source].join("\n");
}

/** The page of the documentation that says more of a source. */
export function guideOf(source: RealSource): string {
  return source === "files" ? "docs/files-source.md" : "docs/sources.md";
}
