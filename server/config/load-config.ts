import { readFileSync } from "node:fs";
import type { Config } from "./config";
import { readConfig } from "./read-config";

/** Read before the configuration exists: where it is set, no `.env` counts. */
const IGNORE_FILE = "DAYFILL_NO_DOTENV";

/** Reads the real environment and `.env` in the working folder (never in tests). Throws ConfigError. */
export function loadConfig(): Config {
  const ignoreFile = process.env[IGNORE_FILE] !== undefined || process.env["NODE_ENV"] === "test";
  return readConfig(process.env, ignoreFile ? "" : textOf(".env"), process.stdout.isTTY);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new Error(`${path} cannot be read`, { cause: error });
  }
}
