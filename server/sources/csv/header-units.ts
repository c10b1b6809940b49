import { BadRowsError } from "@/server/sync/errors";
import type { UnitFactors } from "@/server/sources/values/unit-factors";
import type { FileColumn } from "./columns";

/** What a header bears behind its name: `成交量(股)`, `涨跌幅(%)`, `换手率%`. */
const UNIT = /(?:[(（[]([^()（）[\]]+)[)）\]]|([%％]))$/;
/** Units as the table has them. */
const OURS = new Set(["股", "元", "%", "％"]);
/** Others, and the factor that the operator will want. What else stands in brackets (前复权) belongs to the name. */
const OTHERS = new Map([
  ["手", 100],
  ["百股", 100],
  ["千股", 1_000],
  ["万股", 10_000],
  ["亿股", 100_000_000],
  ["千元", 1_000],
  ["万元", 10_000],
  ["百万元", 1_000_000],
  ["亿元", 100_000_000],
]);

/** A header without the unit behind its name. */
export function withoutUnit(header: string): string {
  const unit = unitOf(header);
  return unit === null ? header : header.replace(UNIT, "");
}

/** Throws BadRowsError where the header names a unit that is not ours, and no factor is configured: read as it is it would be wrong. */
export function refuseOtherUnit(column: FileColumn, header: string, factors: UnitFactors | null): void {
  const isScaled = factors !== null && [...factors.keys()].some((scaled) => scaled === column);
  const factor = OTHERS.get(unitOf(header) ?? "");
  if (factor !== undefined && !isScaled) {
    throw new BadRowsError({ rule: "other_unit", field: column, found: header, factor: String(factor) });
  }
}

function unitOf(header: string): string | null {
  const [, bracketed, bare] = UNIT.exec(header) ?? [];
  const unit = (bracketed ?? bare)?.trim() ?? "";
  return OURS.has(unit) || OTHERS.has(unit) ? unit : null;
}
