import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLocalFile } from "@/server/sources/files/local";
import { folderWith, unwatched } from "../harness";

const MANY_BYTES = 17 * 1024 * 1024 + 3;
const options = { signal: unwatched.signal, maxBytes: 2 * MANY_BYTES, known: null };

test("a file that takes several reads arrives whole", async () => {
  const content = randomBytes(MANY_BYTES);
  const path = join(folderWith({ "all.csv": content }), "all.csv");
  const file = await readLocalFile(path, options);
  expect(file !== null && file !== "as_known" && file.bytes.equals(content)).toBe(true);
});

test("an empty file has no bytes, and one that is not there is null", async () => {
  const folder = folderWith({ "empty.csv": "" });
  expect(await readLocalFile(join(folder, "empty.csv"), options)).toMatchObject({ bytes: Buffer.alloc(0) });
  expect(await readLocalFile(join(folder, "other.csv"), options)).toBeNull();
});

test("an abort ends a read between two pieces", async () => {
  const path = join(folderWith({ "all.csv": randomBytes(MANY_BYTES) }), "all.csv");
  const stop = new AbortController();
  const reading = readLocalFile(path, { ...options, signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
});
