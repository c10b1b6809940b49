import { existsSync } from "node:fs";
import path from "node:path";

/** The folder of package.json: the same for the sources and for the bundle that lies deeper. */
export const PROJECT_ROOT = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "package.json"))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package.json above ${from}: start Dayfill from its checkout`);
  }
}
