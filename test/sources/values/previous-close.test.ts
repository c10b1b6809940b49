import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseColumnMapping } from "@/server/sources/csv/columns";
import { fromPreviousClose } from "@/server/sources/values/previous-close";
import type { Source } from "@/server/sync/source-ports";
import { FILE_DAY, rowsOf, sourceOf } from "../harness";
import { parquetOf } from "../parquet";

describe("from a previous close follow", () => {
  test.each([
    ["a rise", ["11.32", "11.5", "11.0"], "11.1", "0.22", "1.982", "4.5045"],
    ["a fall", ["0.1000", "0.3", "0.1"], "0.3", "-0.2", "-66.6667", "66.6667"],
    ["no change", ["5", "5", "5"], "5.00", "0", "0", "0"],
  ])("%s", (_what, [close_price = "", high_price = "", low_price = ""], before, change_amount, change_pct, amplitude) => {
    expect(fromPreviousClose({ close_price, high_price, low_price }, before)).toEqual({ change_amount, change_pct, amplitude });
  });

  test.each([null, "0.0000", "-1", "n/a", ""])("no percentages where it is %j", (before) => {
    expect(fromPreviousClose({ close_price: "11", high_price: "11", low_price: "10" }, before)).toMatchObject({
      change_pct: null,
      amplitude: null,
    });
  });

  test("a change that gives the close again, to the last digit", () => {
    const price = fc.tuple(fc.nat(9_999_999), fc.nat(9_999)).map(([whole, part]) => `${whole}.${String(part).padStart(4, "0")}`);
    const units = (text: string | null) => BigInt(Math.round(Number(text) * 10_000));
    fc.assert(
      fc.property(price, price, (close_price, before) => {
        const { change_amount } = fromPreviousClose({ close_price, high_price: null, low_price: null }, before);
        expect(units(change_amount) + units(before)).toBe(units(close_price));
      }),
    );
  });
});

describe("a file that tells the previous close", () => {
  const told = async (source: Source) => {
    const [row] = await rowsOf(source, FILE_DAY);
    return [row?.change_amount, row?.change_pct, row?.amplitude];
  };

  test.each(["pre_close", "preclose", "prev_close", "previous_close", "昨收", "前收盘价"])(
    "as %s tells change and amplitude",
    async (header) => {
      expect(await told(sourceOf(`code,close,high,low,${header}\n600000,11,12,9,10\n`))).toEqual(["1", "10", "30"]);
    },
  );

  test("by a mapping does so too, and without the mapping's word it does not", async () => {
    const text = "code,close,high,low,yesterday\n600000,11,12,9,10\n";
    const columns = "stock_code=code,close_price=close,high_price=high,low_price=low";
    expect(await told(sourceOf(text, { columns: `${columns},previous_close=yesterday` }))).toEqual(["1", "10", "30"]);
    expect(await told(sourceOf(text, { columns }))).toEqual([null, null, null]);
    expect(parseColumnMapping(`${columns},previous_close=yesterday`)?.get("previous_close")).toBe("yesterday");
  });

  test("keeps what it says itself", async () => {
    const text = "code,close,high,low,pre_close,change,pct_chg,amplitude\n600000,11,12,9,10,1.01,,7\n";
    expect(await told(sourceOf(text))).toEqual(["1.01", "10", "7"]);
  });

  test("in other units than ours is reckoned in ours", async () => {
    const units = "close_price=0.01,high_price=0.01,low_price=0.01";
    expect(await told(sourceOf("code,close,high,low,pre_close\n600000,1100,1200,900,1000\n", { units }))).toEqual([
      "1",
      "10",
      "30",
    ]);
  });

  test("as Parquet is the same", async () => {
    const file = parquetOf({
      code: { data: ["600000"], type: "STRING" },
      close: { data: [11], type: "DOUBLE" },
      high: { data: [12], type: "DOUBLE" },
      low: { data: [9], type: "DOUBLE" },
      pre_close: { data: [10], type: "DOUBLE" },
    });
    expect(await told(sourceOf(file, { ending: "parquet" }))).toEqual(["1", "10", "30"]);
  });

  test.each(["", "-", "soon", "0"])("as %j tells nothing, and the row stays", async (before) => {
    expect((await told(sourceOf(`code,close,high,low,pre_close\n600000,11,12,9,${before}\n`)))[1]).toBeNull();
  });
});
