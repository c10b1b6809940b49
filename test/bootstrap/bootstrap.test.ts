import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT } from "../support/project-files";

/** The modules of the bootstrap, which Node runs before there are types. */
const bootstrap = async <Shape>(name: string) => (await import(join(ROOT, "server", "bootstrap", `${name}.mjs`))) as Shape;
const { hashOfSources } = await bootstrap<{ hashOfSources(root: string): string }>("hash");
const { withLock } = await bootstrap<{ withLock<T>(root: string, work: () => T): Promise<T> }>("lock");
const { ensurePackages } = await bootstrap<{ ensurePackages(root: string): Promise<void> }>("install");
const { runningInstances } = await bootstrap<{ runningInstances(root: string): { pid: number; build: string }[] }>("instances");

let root: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dayfill-bootstrap-"));
  mkdirSync(join(root, "app"));
  writeFileSync(join(root, "app", "page.tsx"), "page");
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(root, { recursive: true, force: true });
});

/** Runs a line of code over the bootstrap's modules in another Node; resolves at its first line of output. */
async function inAnotherProcess(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    cwd: join(ROOT, "server"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(createInterface({ input: child.stdout }), "line");
  return child;
}

const HOLD_LOCK = (folder: string) =>
  `import { withLock } from "./bootstrap/lock.mjs"; await withLock(${JSON.stringify(folder)}, () => { console.log("held"); return new Promise((r) => setTimeout(r, 600_000)); });`;
const BE_INSTANCE = (folder: string) =>
  `import { registerInstance } from "./bootstrap/instances.mjs"; registerInstance(${JSON.stringify(folder)}, "0123456789abcdef"); console.log("runs"); setTimeout(() => {}, 600_000);`;

test("the same sources have the same name in any folder, and a changed, renamed or added file gives another", () => {
  const first = hashOfSources(root);
  const elsewhere = join(root, "copy");
  mkdirSync(elsewhere);
  cpSync(join(root, "app"), join(elsewhere, "app"), { recursive: true });
  expect(hashOfSources(elsewhere)).toBe(first);
  writeFileSync(join(root, "app", "layout.tsx"), "layout");
  const second = hashOfSources(root);
  writeFileSync(join(root, "app", "layout.tsx"), "layout!");
  expect(new Set([first, second, hashOfSources(root)]).size).toBe(3);
});

test("tests and documents are no sources: changing one builds nothing", () => {
  const before = hashOfSources(root);
  mkdirSync(join(root, "test"));
  writeFileSync(join(root, "test", "a.test.ts"), "test");
  writeFileSync(join(root, "README.md"), "words");
  expect(hashOfSources(root)).toBe(before);
});

test("a second start waits for the lock of the first and gets it when the first has died", async () => {
  const holder = await inAnotherProcess(HOLD_LOCK(root));
  let entered = false;
  const second = withLock(root, () => {
    entered = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(entered).toBe(false);
  holder.kill("SIGKILL");
  await second;
  expect(entered).toBe(true);
  expect(readdirSync(join(root, ".build"))).toEqual([]);
});

test("work that fails gives the lock back", async () => {
  await expect(withLock(root, () => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(await withLock(root, () => "again")).toBe("again");
});

test("an instance counts while it lives and is forgotten when it was killed", async () => {
  const child = await inAnotherProcess(BE_INSTANCE(root));
  expect(runningInstances(root)).toEqual([{ pid: child.pid, build: "0123456789abcdef" }]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(runningInstances(root)).toEqual([]);
});

test("packages are never exchanged under a running instance", async () => {
  const child = await inAnotherProcess(BE_INSTANCE(root));
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "2.0.0" } } }),
  );
  await expect(ensurePackages(root)).rejects.toThrow(`pid ${child.pid}`);
});

test("packages that somebody installed by hand are taken as they are, if they are those of the lock", async () => {
  const packages = {
    "": {},
    "node_modules/a": { version: "2.0.0" },
    "node_modules/other-platform": { version: "1.0.0", optional: true },
  };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
  mkdirSync(join(root, "node_modules"));
  writeFileSync(
    join(root, "node_modules", ".package-lock.json"),
    JSON.stringify({ packages: { "node_modules/a": { version: "2.0.0" } } }),
  );
  await ensurePackages(root);
  expect(readFileSync(join(root, "node_modules", ".dayfill-installed"), "utf8")).toMatch(/^[0-9a-f]{64}$/);
  expect(existsSync(join(root, "node_modules", "a"))).toBe(false);
});

test("a word that is no command is refused with the words that are", async () => {
  const run = promisify(execFile)(process.execPath, [join(ROOT, "server", "bootstrap.mjs"), "serve"]);
  await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("start|dev|build|test|faults|bench|sync") });
});

test("the command line does not wait while another start builds the pages", async () => {
  for (const part of [
    "server/bootstrap",
    "server/bootstrap.mjs",
    "cli",
    "lib",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
  ])
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  // Says that the packages are there, if nobody has said so yet.
  await ensurePackages(root);
  const holder = await inAnotherProcess(HOLD_LOCK(root));
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "server", "bootstrap.mjs"), "sync", "help"]);
  expect(stdout).toContain("npm run sync --");
  expect(holder.exitCode).toBeNull();
});
