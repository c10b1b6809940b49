import type { RequestListener } from "node:http";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { HttpLimits } from "@/server/sources/http/http";
import { unwatched } from "../harness";
import { anHttp, kindOf, listen } from "../http-server";

const { signal } = unwatched;
const MEBIBYTE = 1024 * 1024;

/** What becomes of a GET that is answered so. */
async function ask(listener: RequestListener, limits: Partial<HttpLimits> = {}) {
  const { port } = await listen(listener);
  return anHttp(limits).ask({ url: `http://127.0.0.1:${port}/day`, signal });
}

describe("compressed answers", () => {
  const text = "600000,10.5\n".repeat(1_000);
  const packed = { gzip: gzipSync(text), br: brotliCompressSync(text), deflate: deflateSync(text) };

  test.each(Object.entries(packed))("%s is undone", async (name, bytes) => {
    const answer = await ask((_, response) => void response.writeHead(200, { "Content-Encoding": name }).end(bytes));
    expect(answer.bytes.toString()).toBe(text);
  });

  test("deflate without its header is undone too, and an empty body stays empty", async () => {
    const raw = await ask(
      (_, response) => void response.writeHead(200, { "Content-Encoding": "deflate" }).end(deflateRawSync(text)),
    );
    expect(raw.bytes.toString()).toBe(text);
    const empty = await ask((_, response) => void response.writeHead(200, { "Content-Encoding": "gzip" }).end());
    expect(empty.bytes).toHaveLength(0);
  });

  test.each(Object.entries(packed))("%s without its last byte fails", async (name, bytes) => {
    const answer = ask((_, response) => void response.writeHead(200, { "Content-Encoding": name }).end(bytes.subarray(0, -1)));
    expect(await kindOf(answer)).toBe("truncated");
  });

  test.each(Object.entries(packed))("%s with bytes behind its end fails", async (name, bytes) => {
    const more = Buffer.concat([bytes, Buffer.from("more")]);
    const answer = ask((_, response) => void response.writeHead(200, { "Content-Encoding": name }).end(more));
    expect(await kindOf(answer)).toBe("protocol");
  });

  test("an encoding nobody asked for fails", async () => {
    const answer = ask((_, response) => void response.writeHead(200, { "Content-Encoding": "zstd" }).end("x"));
    expect(await kindOf(answer)).toBe("protocol");
  });
});

describe("limits", () => {
  const plain = (bytes: number, head: Record<string, number> = {}): RequestListener => {
    return (_, response) => void response.writeHead(200, head).end(Buffer.alloc(bytes, 65));
  };

  test("a body up to the cap comes, one byte more does not, announced or not", async () => {
    const limits = { maxWireBytes: 100_000 };
    expect((await ask(plain(100_000), limits)).bytes).toHaveLength(100_000);
    expect(await kindOf(ask(plain(100_001), limits))).toBe("too_large");
    expect(await kindOf(ask(plain(100_001, { "Content-Length": 100_001 }), limits))).toBe("too_large");
  });

  test("what a body decodes to has a cap of its own, and a ratio", async () => {
    const bytes = gzipSync(Buffer.alloc(3 * MEBIBYTE));
    const bomb: RequestListener = (_, response) => void response.writeHead(200, { "Content-Encoding": "gzip" }).end(bytes);
    expect((await ask(bomb, { maxRatio: 1_100 })).bytes).toHaveLength(3 * MEBIBYTE);
    expect(await kindOf(ask(bomb, { maxRatio: 1_100, maxDecodedBytes: 2 * MEBIBYTE }))).toBe("too_large");
    expect(await kindOf(ask(bomb, { maxRatio: 100 }))).toBe("too_large");
  });

  test("a slow body that makes its minimum of progress comes whole", async () => {
    const answer = await ask(
      (_, response) => {
        let left = 6;
        const timer = setInterval(() => {
          response.write(Buffer.alloc(2_000));
          if (--left > 0) return;
          clearInterval(timer);
          response.end();
        }, 100);
      },
      { stallMs: 500, minProgressBytes: 1_000 },
    );
    expect(answer.bytes).toHaveLength(12_000);
  });

  test("the words of a failure are read up to 64 kB; a longer page is a failure all the same", async () => {
    const answer = await ask((_, response) => void response.writeHead(500).end("x".repeat(70_000)));
    expect(answer).toMatchObject({ status: 500, bytes: { length: 0 } });
  });
});

describe("a success", () => {
  const answering = (status: number) => ask((_, response) => void response.writeHead(status).end("600000,10.5\n"));

  test.each([200, 203])("%d holds the whole answer", async (status) => {
    expect((await answering(status)).bytes.toString()).toBe("600000,10.5\n");
  });

  test.each([
    [206, "part_of_answer"],
    [201, "http_status"],
    [202, "http_status"],
    [204, "http_status"],
    [205, "http_status"],
  ])("%d does not, and is tried again: %s", async (status, kind) => {
    await expect(answering(status)).rejects.toMatchObject({ refusal: "broken", retry: true, params: { kind, status } });
  });
});
