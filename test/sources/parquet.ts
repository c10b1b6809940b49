import { type ColumnSource, parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";

type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], "columnData">;

/** A parquet file of these columns. */
export function parquetOf(columns: Record<string, Pick<ColumnSource, "data" | "type" | "codec">>, options: Options = {}): Buffer {
  const columnData = Object.entries(columns).map(([name, column]) => ({ name, ...column }));
  return Buffer.from(parquetWriteBuffer({ columnData, ...options }));
}

/** A parquet file with a schema of its own, for the types that the writer has no short word for. */
export function parquetWith(columns: Record<string, { data: ColumnSource["data"] } & Omit<SchemaElement, "name">>): Buffer {
  const entries = Object.entries(columns);
  const elements = entries.map(
    ([name, { data: _, ...element }]): SchemaElement => ({ repetition_type: "OPTIONAL", ...element, name }),
  );
  return Buffer.from(
    parquetWriteBuffer({
      columnData: entries.map(([name, { data }]) => ({ name, data })),
      schema: [{ name: "root", num_children: entries.length }, ...elements],
    }),
  );
}
