import { describe, expect, test } from "vitest";
import { FILE_DAY, refusalOf, rowsOf, sourceOf } from "../harness";
import { sentencesOf } from "../sentences";

const hex = (...parts: string[]) => Buffer.from(parts.join(""), "hex");
const ascii = (text: string) => Buffer.from(text).toString("hex");
/** 平安银行, and 㐀 which only GB18030 has, in four bytes. */
const PING_AN = "c6bdb0b2d2f8d0d0";
const RARE = "8139ee39";

describe("FILES_ENCODING", () => {
  test.each(["gbk", "GBK", "gb2312", "gb18030"])("%s is read, also in the header", async (encoding) => {
    const file = hex("b4fac2eb", ascii(","), "c3fbb3c6", ascii(","), "cad5c5cc", ascii("\n000001,"), PING_AN, ascii(",9.5\n"));
    expect(await rowsOf(sourceOf(file, { encoding }), FILE_DAY)).toMatchObject([
      { stock_code: "000001", stock_name: "平安银行", close_price: "9.5" },
    ]);
  });

  test("GB18030 has every character", async () => {
    const file = hex(ascii("code,name,close\nA,"), RARE, ascii(",1\n"));
    expect((await rowsOf(sourceOf(file, { encoding: "gb18030" }), FILE_DAY))[0]?.stock_name).toBe("㐀");
  });

  test.each([
    ["a lone first half", "c6"],
    ["a half before a comma", "c62c"],
    ["a byte that is none", "ff"],
    ["half of four bytes", "8139"],
  ])("%s fails the day, with the line", async (_, bad) => {
    const file = hex(ascii("code,name,close\nA,b,1\nB,"), bad, ascii("\n,2\n"));
    const refusal = await refusalOf(sourceOf(file, { encoding: "gbk" }), FILE_DAY);
    expect(refusal).toEqual({ rule: "not_in_encoding", row: 3, encoding: "GBK" });
    expect(sentencesOf(refusal)).toEqual(["Line 3 is not valid GBK", "第 3 行不是有效的 GBK 编码"]);
  });

  test("GBK read as UTF-8 fails, and the sentence says what to set", async () => {
    const refusal = await refusalOf(sourceOf(hex(ascii("code,name,close\nA,"), PING_AN, ascii(",1\n"))), FILE_DAY);
    expect(refusal).toEqual({ rule: "bad_encoding", row: 2 });
    for (const sentence of sentencesOf(refusal)) expect(sentence).toContain("FILES_ENCODING");
  });

  test("UTF-16 is named as what it is, whatever encoding is set", async () => {
    for (const encoding of [null, "gbk"]) {
      const refusal = await refusalOf(sourceOf(Buffer.from("\uFEFFcode,close\nA,1\n", "utf16le"), { encoding }), FILE_DAY);
      expect(refusal).toEqual({ rule: "utf_16" });
      for (const sentence of sentencesOf(refusal)) expect(sentence).toMatch(/UTF-16.*UTF-8/);
    }
  });

  test("a file that bears the mark of UTF-8 is UTF-8", async () => {
    const rows = await rowsOf(sourceOf("\uFEFFcode,name,close\nA,平安,1\n", { encoding: "gbk" }), FILE_DAY);
    expect(rows[0]).toMatchObject({ stock_code: "A", stock_name: "平安" });
  });

  test("an encoding nobody knows is a fault of the configuration", () => {
    expect(() => sourceOf("", { encoding: "latin1" })).toThrow(/^FILES_ENCODING: expected one of utf-8, gbk/);
  });
});
