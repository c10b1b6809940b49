import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { bundledChromium, type Chromium } from "./bundled-chromium";

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const LAUNCH_WITHIN_MS = 120_000;

const SYSTEM_BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * A Chromium for the tests: `$CHROME_PATH`, else a system browser, else Playwright's own, else the packaged one
 * (`DAYFILL_BROWSER=bundled` asks for that one straight away). Close it in `afterAll`. Throws when there is none, so that
 * browser tests never pass by not running.
 */
export async function launchBrowser(): Promise<Browser> {
  const found = await findChromium();
  if (!found)
    throw new Error(
      "No Chromium for the browser tests. Install one, set CHROME_PATH, or run `npx playwright-core install chromium`.",
    );
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({
    timeout: LAUNCH_WITHIN_MS,
    executablePath: found.path,
    args: FLAGS,
    chromiumSandbox: !asRoot && found.env["FONTCONFIG_FILE"] === undefined,
    env: { ...withoutUndefined(process.env), ...found.env },
  });
}

async function findChromium(): Promise<Chromium | null> {
  if (process.env["DAYFILL_BROWSER"] === "bundled") return bundledChromium();
  const candidates = [process.env["CHROME_PATH"] ?? "", ...SYSTEM_BROWSERS, chromium.executablePath()];
  const path = candidates.find((candidate) => candidate !== "" && existsSync(candidate));
  return path ? { path, env: {} } : bundledChromium();
}

const withoutUndefined = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
