import { describe, expect, test } from "vitest";
import { readPageHeaders } from "@/server/sources/parquet/headers";

/** A number of the compact protocol. */
function zigzag(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value < 0 ? -2 * value - 1 : 2 * value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

interface Page {
  type?: number;
  unpacked?: number;
  packed?: number;
  values?: number;
  /** The struct in which the values are counted: 5 of data, 7 of a dictionary, 8 of data of the second kind. */
  struct?: number;
  nulls?: number;
  levels?: number;
  body?: number;
}

/** A page: its header, and as many bytes of it as there really are. */
function page({
  type = 0,
  unpacked = 10,
  packed = 10,
  values = 5,
  struct = 5,
  nulls = 0,
  levels = 0,
  body = 10,
}: Page): number[] {
  const fields = struct === 8 ? [values, nulls, values, 0, levels, 0] : [values, 0];
  const counted = [...fields.flatMap((field) => [0x15, ...zigzag(field)]), 0];
  const head = [
    0x15,
    ...zigzag(type),
    0x15,
    ...zigzag(unpacked),
    0x15,
    ...zigzag(packed),
    ((struct - 3) << 4) | 12,
    ...counted,
    0,
  ];
  return [...head, ...Array.from({ length: body }, () => 7)];
}

const check = (pages: number[][], rows = 10) => readPageHeaders(Buffer.from(pages.flat()), { rows, maxDecodedBytes: 1_000 });

describe("the headers of pages", () => {
  test("that hold what the group has pass: a dictionary, then pages of both kinds", () => {
    const dictionary = page({ type: 2, struct: 7, values: 3 });
    expect(() => check([dictionary, page({ values: 4 }), page({ type: 3, struct: 8, values: 6 })])).not.toThrow();
  });

  test.each<[string, Page, string]>([
    ["more values than rows", { values: 11 }, "a page of 11 values where 10 rows are left"],
    ["two thousand million values", { values: 2_147_483_647 }, "a page of 2147483647 values"],
    ["fewer than no value", { values: -1 }, "a page of -1 values"],
    ["a page that leads backwards", { packed: -10, values: 0 }, "a page of -10 bytes"],
    ["a page behind the end", { packed: 5_000 }, "a page of 5000 bytes"],
    ["more than may be decoded", { unpacked: 1_001 }, "more than 1000 bytes"],
    ["a dictionary of more values than bytes", { type: 2, struct: 7, values: 11 }, "a dictionary of 11 values in 10 bytes"],
    ["more absent values than values", { type: 3, struct: 8, nulls: 6 }, "a page of 5 values, 6 of them absent"],
    ["fewer absent values than none", { type: 3, struct: 8, nulls: -1 }, "a page of 5 values, -1 of them absent"],
    ["levels behind the end of the page", { type: 3, struct: 8, levels: 11 }, "a page of 10 bytes, 11 of them levels"],
    ["a page of an unknown type", { type: 9 }, "unknown type"],
  ])("%s are refused", (_what, wrong, words) => {
    expect(() => check([page(wrong)])).toThrow(words);
  });

  test("of pages without end and without a value are refused", () => {
    const empty = page({ values: 0, unpacked: 0, packed: 0, body: 0 });
    expect(() => check(Array.from({ length: 900 }, () => empty))).not.toThrow();
    expect(() => check(Array.from({ length: 2_000 }, () => empty))).toThrow("more pages than the 10 rows");
  });

  test("that do not end are refused", () => {
    expect(() => check([[0x15]])).not.toThrow();
    expect(() => check([[0x15, 0x80]])).toThrow("does not end");
    expect(() => check([Array.from({ length: 20 }, () => 0xff)])).toThrow();
    expect(() => check([[0x18, 0xff, 0xff, 0xff, 0x7f, 0]])).toThrow("does not end");
  });
});
