import { crc32 } from "node:zlib";
import { SourceError } from "@/server/sync/errors";
import { decodeText, inflateBody } from "./body";

/** What this client says it is; replies may bear another version. */
const VERSION = "00.9.10";
/** Between the parts of a header and of a body. */
export const SEPARATOR = "\x01";
const SEPARATOR_BYTE = 1;
const HEADER_BYTES = 21;
const END_MARK = Buffer.from("<![CDATA[]]>\n");
/** Separator, ten digits, a line feed. */
const MAX_CHECKSUM_BYTES = 12;
/** The largest honest answer (10,000 rows of twelve fields) is a little over 1 MB. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const FIRST_BUFFER_BYTES = 64 * 1024;

/** The one type whose body is compressed and whose length counts bytes. */
export const COMPRESSED_TYPE = "96";

/** One message; the body's fields are joined by `SEPARATOR`. */
export interface Frame {
  type: string;
  body: string;
}

/** A message as the server expects it: header, body, CRC-32 of both as a decimal number, line feed. */
export function encodeFrame({ type, body }: Frame): Buffer {
  const length = String(Array.from(body).length).padStart(10, "0");
  const text = [VERSION, type, length].join(SEPARATOR) + body;
  return Buffer.from(`${text}${SEPARATOR}${crc32(text)}\n`);
}

/** Puts the frames of one line together, however TCP cut them. Throws SourceError for what is no frame. */
export function createFrameReader(): {
  /** The frames that this piece completes. */
  push(chunk: Uint8Array): Frame[];
  /** True where a frame has begun and not ended. */
  isMidFrame(): boolean;
} {
  let buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  let filled = 0;
  /** Bytes of the frame in work that hold no end mark. */
  let searched = HEADER_BYTES;

  function append(chunk: Uint8Array): void {
    const needed = filled + chunk.length;
    if (needed > MAX_FRAME_BYTES) throw tooLarge();
    if (needed > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(MAX_FRAME_BYTES, Math.max(needed, buffer.length * 2)));
      buffer.copy(larger, 0, 0, filled);
      buffer = larger;
    }
    buffer.set(chunk, filled);
    filled = needed;
  }

  function next(): Frame | null {
    if (filled < HEADER_BYTES) return null;
    const bytes = buffer.subarray(0, filled);
    const { type, length } = headerOf(bytes);
    const found = type === COMPRESSED_TYPE ? compressedEnd(bytes, length) : textEnd(bytes, searched);
    if (!found) {
      searched = Math.max(HEADER_BYTES, filled - END_MARK.length);
      if (filled > longest(type, length)) throw protocol(`a frame of type ${type} is longer than the ${length} it announced`);
      return null;
    }
    const frame = { type, body: bodyOf(bytes, type, length, found) };
    buffer.copyWithin(0, found.end, filled);
    filled -= found.end;
    searched = HEADER_BYTES;
    return frame;
  }

  return {
    push(chunk) {
      append(chunk);
      const frames: Frame[] = [];
      for (let frame = next(); frame; frame = next()) frames.push(frame);
      return frames;
    },
    isMidFrame: () => filled > 0,
  };
}

/** Where the body ends, the checksum it came with, and where the next frame begins. */
interface FrameEnd {
  body: number;
  checksum: string;
  end: number;
}

function headerOf(bytes: Buffer): { type: string; length: number } {
  const [version = "", type = "", length = "", ...more] = bytes.toString("latin1", 0, HEADER_BYTES).split(SEPARATOR);
  if (more.length > 0 || !/^[\d.]{7}$/.test(version) || !/^\d\d$/.test(type) || !/^\d{10}$/.test(length)) {
    throw protocol("the answer does not begin with a header of version, type and length");
  }
  if (Number(length) > MAX_FRAME_BYTES) throw tooLarge();
  return { type, length: Number(length) };
}

/** A text body ends at the last separator before the end mark; the mark counts only behind a checksum. */
function textEnd(bytes: Buffer, from: number): FrameEnd | null {
  for (let mark = bytes.indexOf(END_MARK, from); mark >= 0; mark = bytes.indexOf(END_MARK, mark + 1)) {
    const body = bytes.lastIndexOf(SEPARATOR_BYTE, mark);
    const checksum = body < HEADER_BYTES ? null : checksumOf(bytes, body, mark);
    if (checksum !== null) return { body, checksum, end: mark + END_MARK.length };
  }
  return null;
}

/** A compressed body may hold any bytes, the end mark's too: its length says where it ends. */
function compressedEnd(bytes: Buffer, length: number): FrameEnd | null {
  const body = HEADER_BYTES + length;
  const mark = bytes.indexOf(END_MARK, body);
  if (mark < 0) return null;
  const checksum = bytes[body] === SEPARATOR_BYTE ? checksumOf(bytes, body, mark) : null;
  if (checksum === null) throw protocol("a compressed answer does not end where its length says");
  return { body, checksum, end: mark + END_MARK.length };
}

function checksumOf(bytes: Buffer, separator: number, mark: number): string | null {
  const text = bytes.toString("latin1", separator + 1, mark).replace(/\n$/, "");
  return /^\d{1,10}$/.test(text) ? text : null;
}

/** Characters take up to four bytes. */
function longest(type: string, length: number): number {
  const bodyBytes = type === COMPRESSED_TYPE ? length : length * 4;
  return HEADER_BYTES + bodyBytes + MAX_CHECKSUM_BYTES + END_MARK.length;
}

function bodyOf(bytes: Buffer, type: string, length: number, { body, checksum }: FrameEnd): string {
  const raw = bytes.subarray(HEADER_BYTES, body);
  // The server reckons this checksum over something else: it never fits, the check of zlib stands in for it.
  if (type === COMPRESSED_TYPE) return decodeText(inflateBody(raw));
  const characters = raw.reduce((count, byte) => count + ((byte & 0xc0) === 0x80 ? 0 : 1), 0);
  if (characters !== length) throw protocol(`an answer of ${length} characters has ${characters}`);
  if (crc32(bytes.subarray(0, body)) !== Number(checksum)) throw protocol("the checksum of the answer does not fit");
  return decodeText(raw);
}

function protocol(detail: string): SourceError {
  return new SourceError("broken", { kind: "protocol", detail });
}

function tooLarge(): SourceError {
  return new SourceError("broken", { kind: "too_large", limit: "4 MiB", detail: "a frame of Baostock" });
}
