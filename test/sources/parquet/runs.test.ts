import { describe, expect, test } from "vitest";
import { checkRuns } from "@/server/sources/parquet/runs";
import { sumOfLengths } from "@/server/sources/parquet/deltas";

/** A number as seven bits a byte. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

const repeated = (count: number, value: number) => [...varint(2 * count), value];
const packed = (groups: number, ...bytes: number[]) => [...varint(2 * groups + 1), ...bytes];
const check = (runs: number[], values: number, width = 1) => checkRuns(Buffer.from(runs), 0, { width, values });

describe("runs", () => {
  test("that come to the values of the page pass, and tell how many are 1", () => {
    expect(check([...repeated(10, 1), ...packed(1, 0b1010_1010), ...repeated(3, 0)], 21)).toBe(14);
    // The last group is filled up.
    expect(check(packed(2, 0xff, 0xff), 10)).toBe(10);
    expect(check([...packed(1, 1, 2, 3), ...repeated(5, 7)], 13, 3)).toBe(0);
  });

  test.each([
    ["one value more than are left", repeated(11, 1), "a run of 11 values where 10 are left"],
    ["two thousand million values", repeated(2 ** 31 - 1, 1), "a run of 2147483647 values where 10 are left"],
    ["what fills the page and more", [...repeated(9, 1), ...repeated(2, 1)], "a run of 2 values where 1 are left"],
    ["packed values without end", packed(2 ** 30), "a run of 8589934592 values"],
    ["a length without end", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], "does not end"],
  ])("of %s are refused", (_, runs, words) => {
    expect(() => check(runs, 10)).toThrow(words);
  });

  test("without bits are no way round: they would be gone through without a byte read", () => {
    expect(() => check(packed(2 ** 30), 10, 0)).toThrow("a run of");
  });

  test("of too few values are left to the reader, one that is cut in its length is refused", () => {
    expect(() => check(repeated(3, 1), 10)).not.toThrow();
    expect(() => check([0x80], 10)).toThrow("a run that does not end");
  });
});

describe("lengths as differences", () => {
  const zigzag = (value: number) => varint(value < 0 ? -2 * value - 1 : 2 * value);
  /** Blocks of 128 in 4 parts; the differences of a part take so many bits. */
  const head = (count: number, first: number) => [...varint(128), ...varint(4), ...varint(count), ...zigzag(first)];
  const sum = (bytes: number[], count: number, most = 1_000_000) => {
    const cursor = { bytes: Buffer.from(bytes), at: 0 };
    return [sumOfLengths(cursor, count, most), cursor.at];
  };

  test("are summed up, and what follows begins behind them", () => {
    const same = [...head(5, 7), ...zigzag(0), 0, 0, 0, 0];
    expect(sum([...same, 99], 5)).toEqual([35, same.length]);
    // 1, 2, 4, 5 and 7: differences of one, and one bit more.
    const rising = [...head(5, 1), ...zigzag(1), 1, 0, 0, 0, 0b1010, 0, 0, 0];
    expect(sum(rising, 5)).toEqual([1 + 2 + 4 + 5 + 7, rising.length]);
    const wide = [...head(2, 1), ...zigzag(0), 16, 0, 0, 0, 0x34, 0x12, ...Array.from({ length: 62 }, () => 0)];
    expect(sum(wide, 2)).toEqual([1 + 1 + 0x1234, wide.length]);
  });

  test.each([
    ["more than a page may become", [...head(100_000, 60_000), ...zigzag(0), 0, 0, 0, 0], "more than 1000000 bytes"],
    ["less than nothing", [...head(2, -1), ...zigzag(0), 0, 0, 0, 0], "fewer bytes than none"],
    ["blocks of no size", [...varint(128), 0, ...varint(5), 0], "blocks of no size"],
    ["no end", head(5, 1), "does not end"],
  ])("of %s are refused", (_, bytes, words) => {
    expect(() => sum(bytes, 100_000)).toThrow(words);
  });
});
