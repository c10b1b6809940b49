import { expect, test } from "vitest";
import { csvLine } from "@/server/sync/asked/receipt-csv";

test("a plain record is its cells and CRLF; what is not known is empty", () => {
  expect(csvLine(["2024-01-02", 5400, null, "success"])).toBe("2024-01-02,5400,,success\r\n");
});

test.each([
  ["=1+1", "'=1+1"],
  ["+86", "'+86"],
  ["-2", "'-2"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\tx", "'\tx"],
  ["\rx", `"'\rx"`],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
])("the text %j cannot become a formula", (text, cell) => {
  expect(csvLine([text])).toBe(`${cell}\r\n`);
});

test("numbers are no texts: a negative one stays a number", () => {
  expect(csvLine([-2])).toBe("-2\r\n");
});

test("commas, quotes and line ends are quoted, signs inside a text are left alone", () => {
  expect(csvLine(["a,b", 'say "x"', "two\nlines", "a=b", "1-2"])).toBe('"a,b","say ""x""","two\nlines",a=b,1-2\r\n');
});
