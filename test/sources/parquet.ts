import { type ColumnSource, parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";

type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], "columnData">;

/** A parquet file of these columns. */
export function parquetOf(
  columns: Record<string, Pick<ColumnSource, "data" | "type" | "codec" | "encoding">>,
  options: Options = {},
): Buffer {
  const columnData = Object.entries(columns).map(([name, column]) => ({ name, ...column }));
  return Buffer.from(parquetWriteBuffer({ columnData, ...options }));
}

/** A column as the file has it. */
export type Stored = { data: ColumnSource["data"] } & Omit<SchemaElement, "name">;

/** A parquet file with a schema of its own, for the types that the writer has no short word for. */
export function parquetWith(columns: Record<string, Stored>): Buffer {
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

/** A frame of zstd that holds the bytes as they are (RFC 8878): one segment with its size, raw blocks. */
export function storedAsZstd(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  const parts: Uint8Array[] = [head];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const block = bytes.subarray(at, at + 65_536);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (at + block.length === bytes.length ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}
