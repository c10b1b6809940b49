import type { CalendarId } from "@/lib/contract/calendar";
import type { SourceConfig } from "@/server/sources/source-config";
import { readsItself } from "./same-table";
import { type VariableName, VARIABLES } from "./variables";

/** What a source cannot do without. */
const NEEDED: Partial<Record<string, readonly VariableName[]>> = {
  tushare: ["TUSHARE_TOKEN"],
  massive: ["MASSIVE_KEY"],
  postgres: ["POSTGRES_SOURCE_URL", "POSTGRES_SOURCE_TABLE"],
};
/** The one exchange whose rows a source brings: with the days of another the wrong ones would be asked for. */
const EXCHANGES: Partial<Record<string, CalendarId>> = { tushare: "XSHG", baostock: "XSHG", massive: "XNYS" };

export interface SourceFault {
  name: VariableName;
  got: string;
  because: string;
}

/** What the chosen source lacks or cannot go with; `isSaid` = the variable was given a text, right or wrong. */
export function sourceFaults(
  config: { source: SourceConfig; calendar: CalendarId | null; databaseUrl: string | null },
  isSaid: (name: VariableName) => boolean,
): SourceFault[] {
  const { name, files, postgres } = config.source;
  const faults: SourceFault[] = [];
  if (name === "files" && files.url === null && files.periods === null)
    faults.push({ name: "FILES_URL", got: "nothing", because: "SOURCE=files needs it." });
  for (const needed of NEEDED[name] ?? []) {
    if (isSaid(needed)) continue;
    faults.push({ name: needed, got: "nothing", because: `SOURCE=${name} needs it. ${VARIABLES[needed].remedy}.` });
  }
  const exchange = EXCHANGES[name];
  if (exchange && config.calendar !== null && config.calendar !== exchange) {
    const because = `SOURCE=${name} brings the rows of ${exchange}: set CALENDAR=${exchange}.`;
    faults.push({ name: "CALENDAR", got: JSON.stringify(config.calendar), because });
  }
  if (name === "postgres" && readsItself(postgres, config.databaseUrl)) {
    const because = "That is the very table that is filled, in the database of DATABASE_URL: name another one.";
    faults.push({ name: "POSTGRES_SOURCE_TABLE", got: JSON.stringify(postgres.table), because });
  }
  return faults;
}
