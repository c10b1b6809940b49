import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRecords } from "@/server/sources/csv/records";
import { unwatched } from "../harness";

async function records(text: string, delimiter = ","): Promise<string[][]> {
  const found: string[][] = [];
  await readRecords(Buffer.from(text), { delimiter, signal: unwatched.signal }, (fields) => found.push([...fields]));
  return found;
}

describe("records", () => {
  test("files without quotes are cut as csv-parse cuts them", async () => {
    const field = fc.stringMatching(/^[ a-zA-Z0-9.\-\\万]{1,8}$/);
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom("\n", "\r\n"),
        fc.constantFrom(",", "\t", ";"),
        fc.boolean(),
        async (lines, end, delimiter, closed) => {
          const text = lines.map((fields) => fields.join(delimiter)).join(end) + (closed ? end : "");
          expect(await records(text, delimiter)).toEqual(parse(text, { delimiter, skip_empty_lines: true }));
        },
      ),
    );
  });

  test("whatever was written with quotes is read back", async () => {
    const field = fc.stringMatching(/^[a"\n,;万 ]{0,6}$/);
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(table, async (lines) => {
        const text = lines.map((fields) => fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join("\n");
        expect(await records(text)).toEqual(lines);
      }),
    );
  });

  test("a quoted file of several portions keeps every record and counts its lines", async () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `"line\n${index}",${"x".repeat(20)}`);
    expect((await records(lines.join("\n"))).map(([first]) => first)).toEqual(lines.map((_, index) => `line\n${index}`));
    await expect(records(`${lines.join("\n")}\none,two,three\n`)).rejects.toMatchObject({
      params: { rule: "column_count", row: 80_001 },
    });
  });
});
