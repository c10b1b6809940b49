import { crc32, deflateRawSync } from "node:zlib";

interface Entry {
  content: string | Uint8Array;
  encrypted?: boolean;
  /** What the archive says of the entry, where that is a lie. */
  claims?: { bytes?: number; crc32?: number };
}

/** A zip archive, written byte for byte as PKWARE's application note has it (local headers, list of contents, end record). */
export function zipOf(files: Record<string, string | Uint8Array | Entry>): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const [name, given] of Object.entries(files)) {
    const entry: Entry = typeof given === "string" || given instanceof Uint8Array ? { content: given } : given;
    const content = Buffer.from(entry.content as Uint8Array);
    const packed = deflateRawSync(content);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800 | (entry.encrypted ? 1 : 0), 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(entry.claims?.crc32 ?? crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.claims?.bytes ?? content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, path, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    list.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, path]));
    parts.push(local);
    at += local.length;
  }
  const contents = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(list.length, 8);
  end.writeUInt16LE(list.length, 10);
  end.writeUInt32LE(contents.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, contents, end]);
}
