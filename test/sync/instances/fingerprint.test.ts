import { expect, test } from "vitest";
import { type Configuration, differences, fingerprintOf } from "@/server/sync/instances/fingerprint";

const standard: Configuration = { source: "files", calendar: "XSHG", closed: [], open: [], table: "daily_stock_data" };
const of = (over: Partial<Configuration> = {}) => fingerprintOf({ ...standard, ...over });

test("a fingerprint can be read", () => {
  expect(of()).toBe("files|XSHG|daily_stock_data");
  expect(of({ closed: ["2024-02-09"], open: ["2024-02-18"] })).toBe("files|XSHG-2024-02-09+2024-02-18|daily_stock_data");
});
test("order and repetition of extra days make no difference, the days do", () => {
  expect(of({ closed: ["2024-02-12", "2024-02-09", "2024-02-12"] })).toBe(of({ closed: ["2024-02-09", "2024-02-12"] }));
  expect(of({ closed: ["2024-02-09"] })).not.toBe(of({ open: ["2024-02-09"] }));
});
test("what differs is said with both sides, and nothing else", () => {
  expect(differences(of(), of())).toBe("");
  expect(differences(of(), of({ source: "sample" }))).toBe("SOURCE (files here, sample there)");
  expect(differences(of({ calendar: "XNYS" }), of({ source: "sample" }))).toBe(
    "SOURCE (files here, sample there) and CALENDAR (XNYS here, XSHG there)",
  );
});
