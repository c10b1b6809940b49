import fc from "fast-check";
import { crc32, deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createFrameReader, encodeFrame, type Frame, MAX_FRAME_BYTES, SEPARATOR } from "@/server/sources/baostock/frame";
import { SourceError } from "@/server/sync/errors";
import { compressedFrame, textFrame } from "../../support/fake-baostock";

/** A body of the server ends before the last separator; one that brings a checksum and an end mark of its own is none. */
const CLOSING = new RegExp(`${SEPARATOR}\\d{1,10}\\n?<!\\[CDATA\\[\\]\\]>\\n`);
const bodies = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc
      .array(fc.constantFrom("浦发银行", "万 科Ａ", "\x01", "<![CDATA[]]>\n", "0", '{"record":[["', "𠮷"), { maxLength: 60 })
      .map((parts) => parts.join("")),
  )
  .filter((body) => !CLOSING.test(body));
const types = fc.constantFrom("01", "34", "36", "04");

/** Feeds the bytes in pieces of these sizes, one after the other, and what is left at the end. */
function readInPieces(bytes: Buffer, sizes: readonly number[]): Frame[] {
  const reader = createFrameReader();
  const frames: Frame[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    frames.push(...reader.push(bytes.subarray(at, at + size)));
    at += size;
  }
  expect(reader.isMidFrame()).toBe(false);
  return frames;
}

/** The kind of refusal. */
function kindOf(bytes: Buffer): unknown {
  try {
    createFrameReader().push(bytes);
  } catch (error) {
    if (error instanceof SourceError) return error.params["kind"];
    throw error;
  }
  return "accepted";
}

describe("a frame", () => {
  test("goes out with a header of 21 bytes, its length in characters, and the CRC-32 of both", () => {
    const frame = encodeFrame({ type: "00", body: "login\x01anonymous\x01123456\x010" }).toString("latin1");
    expect(frame.split(SEPARATOR)).toEqual(["00.9.10", "00", "0000000024login", "anonymous", "123456", "0", "359766228\n"]);
    expect(encodeFrame({ type: "35", body: "万科𠮷" }).toString("latin1", 11, 21)).toBe("0000000003");
  });

  test("comes in whole, whatever its text is and however TCP cut it", () => {
    fc.assert(
      fc.property(types, bodies, fc.array(fc.nat(40), { maxLength: 40 }), (type, body, sizes) => {
        expect(readInPieces(textFrame(type, body), sizes)).toEqual([{ type, body }]);
      }),
      { numRuns: 300 },
    );
  });

  test("comes in byte by byte", () => {
    const body = `0\x01success\x01万 科Ａ<![CDATA[]]>\n${"x".repeat(300)}`;
    const bytes = textFrame("36", body);
    expect(
      readInPieces(
        bytes,
        Array.from(bytes, () => 1),
      ),
    ).toEqual([{ type: "36", body }]);
  });

  test("that is compressed comes in whole, whatever its text is and however TCP cut it", () => {
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(40), { maxLength: 40 }), (body, sizes) => {
        expect(readInPieces(compressedFrame(body), sizes)).toEqual([{ type: "96", body }]);
      }),
      { numRuns: 300 },
    );
  });

  test("that is compressed may hold the bytes of the end mark: its length decides", () => {
    const body = `${"<![CDATA[]]>\n\x01123<![CDATA[]]>\n".repeat(4)}万`;
    // Stored, not shrunk: the marks stand in the compressed bytes as they are.
    const packed = deflateSync(body, { level: 0 });
    expect(packed.includes("<![CDATA[]]>\n")).toBe(true);
    const header = `00.9.00\x0196\x01${String(packed.length).padStart(10, "0")}`;
    const bytes = Buffer.concat([Buffer.from(header), packed, Buffer.from("\x011\n<![CDATA[]]>\n")]);
    for (const size of [1, 7, bytes.length]) {
      expect(
        readInPieces(
          bytes,
          Array.from({ length: Math.ceil(bytes.length / size) }, () => size),
        ),
      ).toEqual([{ type: "96", body }]);
    }
  });

  test("and the next one may come in one piece", () => {
    const bytes = Buffer.concat([textFrame("01", "一"), compressedFrame("二"), textFrame("04", "三")]);
    expect(
      createFrameReader()
        .push(bytes)
        .map(({ body }) => body),
    ).toEqual(["一", "二", "三"]);
  });

  test("with one byte changed is never taken for another text", () => {
    const good = textFrame("36", "0\x01success\x01万 科Ａ");
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        let frames: Frame[] = [];
        try {
          frames = createFrameReader().push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError);
        }
        // A changed end mark is waited for; nothing else may come out, but for a line feed before it.
        expect(frames).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what is no frame is refused", () => {
  const good = textFrame("36", "0\x01success");
  test.each([
    ["a web page", Buffer.from("HTTP/1.1 502 Bad Gateway\r\n\r\n<html>"), "protocol"],
    ["a length that is too small", Buffer.concat([Buffer.from("00.9.00\x0136\x010000000002"), good.subarray(21)]), "protocol"],
    ["a length that is too large", Buffer.concat([Buffer.from("00.9.00\x0136\x010000000012"), good.subarray(21)]), "protocol"],
    [
      "a text that goes on and on",
      Buffer.concat([Buffer.from("00.9.00\x0136\x010000000009"), Buffer.alloc(200, 0x61)]),
      "protocol",
    ],
    ["an announced gigabyte", Buffer.from("00.9.00\x0136\x019999999999"), "too_large"],
    ["a flood", Buffer.alloc(MAX_FRAME_BYTES + 1, 0x30), "too_large"],
    ["zlib that is cut", compressedFrame("x".repeat(500), "truncated_zlib"), "protocol"],
    ["zlib that swells a thousandfold", compressedFrame("", "bomb"), "too_large"],
  ])("%s", (_what, bytes, kind) => {
    expect(kindOf(bytes)).toBe(kind);
  });

  test("a length that does not fit, although the checksum does", () => {
    const framed = Buffer.from("00.9.00\x0136\x010000000008万科");
    const bytes = Buffer.concat([framed, Buffer.from(`\x01${crc32(framed)}<![CDATA[]]>\n`)]);
    expect(kindOf(bytes)).toBe("protocol");
  });

  test("zlib with something behind its end", () => {
    const packed = Buffer.concat([deflateSync("rows"), Buffer.from("more")]);
    const header = Buffer.from(`00.9.00\x0196\x01${String(packed.length).padStart(10, "0")}`);
    expect(kindOf(Buffer.concat([header, packed, Buffer.from("\x011\n<![CDATA[]]>\n")]))).toBe("protocol");
  });

  test("text that is not UTF-8", () => {
    const packed = deflateSync(Buffer.from([0xff, 0xfe]));
    const header = Buffer.from(`00.9.00\x0196\x01${String(packed.length).padStart(10, "0")}`);
    expect(kindOf(Buffer.concat([header, packed, Buffer.from("\x011\n<![CDATA[]]>\n")]))).toBe("protocol");
  });
});
