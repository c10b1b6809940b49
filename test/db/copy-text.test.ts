import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { COPY_COLUMNS } from "@/server/db/copy-text";
import { row } from "./fixture";
import { encodeDay } from "../support/at-once";

const DAY = "2024-01-02";
const textOf = (body: Uint8Array) => Buffer.from(body).toString("utf8");

test("a row is one line of thirteen fields in the order of COPY, NULL is \\N", () => {
  const { body, rows } = encodeDay([row(DAY, "600000")]);
  expect(textOf(body)).toBe("600000\tN600000\t2024-01-02\t1.00\t1.50\t2.00\t0.50\t100\t150.00\t\\N\t\\N\t\\N\t\\N\n");
  expect(rows).toBe(1);
  expect(COPY_COLUMNS.split(", ")).toHaveLength(13);
});

test("what COPY would take for its own is escaped", () => {
  const { body } = encodeDay([row(DAY, "\\.", { stock_name: "a\tb\nc\rd\\N" })]);
  expect(textOf(body).startsWith("\\\\.\ta\\tb\\nc\\rd\\\\N\t2024-01-02\t")).toBe(true);
  expect(textOf(body).split("\n")).toHaveLength(2);
});

test("the same rows in any order give the same bytes and the same checksum", () => {
  const [a, b, c] = [row(DAY, "1"), row(DAY, "10"), row(DAY, "2")] as const;
  const one = encodeDay([c, a, b]);
  const other = encodeDay([a, b, c]);
  expect(textOf(one.body)).toBe(textOf(other.body));
  expect(one.checksum).toBe(other.checksum);
  expect(one.checksum).toBe(createHash("sha256").update(one.body).digest("hex"));
  expect(encodeDay([row(DAY, "1", { volume: "101" })]).checksum).not.toBe(encodeDay([a]).checksum);
});

test("encoding leaves the rows in the order they came", () => {
  const rows = [row(DAY, "2"), row(DAY, "1")];
  encodeDay(rows);
  expect(rows.map((each) => each.stock_code)).toEqual(["2", "1"]);
});
