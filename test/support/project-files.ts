import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The checkout that these tests belong to. */
export const ROOT = join(import.meta.dirname, "..", "..");

const NOT_OURS = new Set(["node_modules", ".git", ".next", ".build", ".data", "test-results"]);

export interface ProjectFile {
  /** From the root, with `/`. */
  path: string;
  text: string;
  /** The text without comments and, roughly, without what stands in them. */
  code: string;
}

/** Every file of the project whose name fits, whether it is committed yet or not. */
export function projectFiles(name: RegExp, folder = ROOT): ProjectFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : projectFiles(name, full);
    if (!entry.isFile() || !name.test(entry.name)) return [];
    const text = readFileSync(full, "utf8");
    return [{ path: relative(ROOT, full).split(sep).join("/"), text, code: withoutComments(text) }];
  });
}

/** Comments at the start of a line or after a blank; a `//` inside a URL stays. */
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");

const IMPORT =
  /(?:^|[\s;])(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** What a file imports: files of ours as paths from the root without extension, packages by their name. */
export function importsOf(file: ProjectFile): { ours: string[]; packages: string[] } {
  const ours: string[] = [];
  const packages: string[] = [];
  for (const [, fromClause, dynamic] of file.code.matchAll(IMPORT)) {
    const target = fromClause ?? dynamic ?? "";
    if (target.startsWith("@/")) ours.push(target.slice(2));
    else if (target.startsWith(".")) ours.push(join(file.path, "..", target).split(sep).join("/"));
    else packages.push(target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : (target.split("/")[0] ?? target));
  }
  return { ours, packages };
}
