import type { ColumnMapping } from "./columns";
import type { ToUtf8 } from "./encoding";
import type { IsNull, IsNullInBytes } from "./null-tokens";
import type { UnitFactors } from "@/server/sources/values/unit-factors";

/** How the table in a file is read, as the configuration says. */
export interface TableLayout {
  /** Null = the header decides. */
  columns: ColumnMapping | null;
  /** Null = likewise. */
  delimiter: string | null;
  isNull: IsNull;
  /** The same tokens, for bytes that nobody made a text of. */
  isNullInBytes: IsNullInBytes;
  toUtf8: ToUtf8;
  units: UnitFactors | null;
}
