import { describe, expect, test } from "vitest";
import { createMemoryStage } from "@/server/sources/baostock/memory-stage";
import { SourceError } from "@/server/sync/errors";
import { rowsOf, unwatched } from "../harness";
import { aBaostock, DAY, DAYS, HISTORY, prepare } from "./world";
import { applyRowRules } from "../../support/at-once";

const baostock = aBaostock();

describe("poisoned rows are refused before anything of the stock is kept", () => {
  const poison: [string, (records: string[][]) => string[][], string][] = [
    ["of another stock", (records) => records.map((record) => record.with(1, "sh.999999")), "sh.999999"],
    ["of a day that was not asked for", (records) => records.map((record) => record.with(0, "2030-01-01")), "2030-01-01"],
    ["with a field too few", (records) => records.map((record) => record.slice(1)), "expected 12"],
    ["that are no texts", (records) => records.map((record) => record.with(2, 10 as unknown as string)), "not lists of texts"],
  ];
  test.each(poison)("rows %s", async (_what, records, words) => {
    baostock.fake().faultOf = ({ method, number }) => (method === HISTORY && number === 3 ? { records } : undefined);
    const stage = createMemoryStage();
    const refused = prepare(baostock.source(), DAYS, { stage });
    await expect(refused).rejects.toThrow(SourceError);
    await expect(refused).rejects.toMatchObject({
      refusal: "broken",
      params: { kind: "protocol", detail: expect.stringContaining(words) },
    });
    expect([...(await stage.kept())]).toHaveLength(2);
  });

  test.each<["truncated_zlib" | "bomb", string]>([
    ["truncated_zlib", "protocol"],
    ["bomb", "too_large"],
  ])("an answer with %s", async (fault, kind) => {
    baostock.fake().faultOf = ({ method, number }) => (method === HISTORY && number === 1 ? fault : undefined);
    await expect(baostock.source().fetchDay(DAY, unwatched)).rejects.toMatchObject({ refusal: "broken", params: { kind } });
  });

  test("data that is no JSON", async () => {
    baostock.fake().faultOf = ({ method }) => (method === "query_all_stock" ? { data: '{"record":[["sh.600000"' } : undefined);
    await expect(baostock.source().fetchDay(DAY, unwatched)).rejects.toMatchObject({ params: { kind: "protocol" } });
  });

  test.each([
    ["NUL", "平安\0银行"],
    ["half a sign", "平安\ud800"],
  ])("a name with %s, which the stage could not keep", async (_what, name) => {
    baostock.fake().faultOf = ({ method }) =>
      method === "query_all_stock" ? { records: (rows) => rows.map((row) => row.with(2, name)) } : undefined;
    await expect(baostock.source().fetchDay(DAY, unwatched)).rejects.toMatchObject({
      params: { kind: "protocol", detail: "query_all_stock: a name is no text" },
    });
  });

  test("an unreadable price is left to the row rules, which name row and field", async () => {
    baostock.fake().faultOf = ({ method, number }) =>
      method === HISTORY && number === 1 ? { records: (rows) => rows.map((row) => row.with(5, "NaN")) } : undefined;
    const rows = await rowsOf(baostock.source(), DAY);
    expect(() => applyRowRules(rows, DAY)).toThrow(/not_finite.*close_price/);
  });
});
