import { parseColumnMapping } from "@/server/sources/csv/columns";
import { parseEncoding } from "@/server/sources/csv/encoding";
import type { TableLayout } from "@/server/sources/csv/layout";
import { type FileTemplate, parseFileTemplate } from "./template";
import { createNullTest, createNullTestInBytes } from "@/server/sources/csv/null-tokens";
import { type FileSettings, SourceConfigError } from "@/server/sources/source-config";
import { parseUnitFactors } from "@/server/sources/values/unit-factors";

/** Where the files are and how they are read, checked. */
export interface FileLayout extends TableLayout {
  template: FileTemplate;
}

/** Checks settings; `report` hears of every one that cannot work, and the answer is null then. */
export function parseLayout(settings: FileSettings, report: (fault: SourceConfigError) => void): FileLayout | null {
  let sound = true;
  const check = <Value>(parse: () => Value): Value | null => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof SourceConfigError)) throw error;
      report(error);
      sound = false;
      return null;
    }
  };
  const template = check(() => parseFileTemplate(settings.url));
  const columns = check(() => parseColumnMapping(settings.columns));
  const delimiter = check(() => checkedDelimiter(settings.delimiter));
  const toUtf8 = check(() => parseEncoding(settings.encoding));
  const units = check(() => parseUnitFactors(settings.units));
  if (!sound || !template || !toUtf8) return null;
  const [isNull, isNullInBytes] = [createNullTest(settings.nulls), createNullTestInBytes(settings.nulls)];
  return { template, columns, delimiter, isNull, isNullInBytes, toUtf8, units };
}

function checkedDelimiter(text: string | null): string | null {
  if (text === null || (text.length === 1 && !'"\r\n'.includes(text))) return text;
  throw new SourceConfigError(
    "FILES_DELIMITER",
    `expected one character that is no quote or line end, got ${JSON.stringify(text)}`,
  );
}
