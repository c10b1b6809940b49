import { expect, test } from "vitest";
import { readArguments } from "@/cli/arguments";
import type { UsageError } from "@/cli/faults";
import { aTerminal } from "./terminal";

const MISTAKES: [string, string][] = [
  ["fly", "unknownCommand"],
  ["start", "needsDays"],
  ["start 2025-02-30", "badDay"],
  ["start 2025-10-1 2025-10-09", "badDay"],
  ["start 2025-10-09 2025-10-01", "badRange"],
  ["start 2025-10-01 2025-10-02 2025-10-03", "tooMany"],
  ["start 2025-10-01 --forse", "badOption"],
  ["start 2025-10-01 --queue --priority 10", "badNumber"],
  ["start 2025-10-01 --queue --priority=-1", "badNumber"],
  ["start 2025-10-01 --queue --priority 1e0", "badNumber"],
  ["start 2025-10-01 --priority 9", "needsQueue"],
  ["start 2025-10-01 --patience 5", "needsWatch"],
  ["start 2025-10-01 --cancel-on-interrupt", "needsWatch"],
  ["preview 2025-10-01 --watch", "tooMany"],
  ["cancel", "needsTask"],
  ["cancel a b", "tooMany"],
  ["queue a", "tooMany"],
  ["list --limit 0", "badNumber"],
  ["status --force", "tooMany"],
];

test.each(MISTAKES)("`%s` is a mistake: %s", (line, key) => {
  expect(() => readArguments(line.split(" "))).toThrow(expect.objectContaining({ name: "UsageError", key }) as UsageError);
});

test.each(MISTAKES)("`%s` ends with 2 and a sentence in both languages, before any server is asked", async (line) => {
  for (const lang of ["en", "zh-CN"]) {
    const terminal = aTerminal();
    // Nobody listens at this address: an attempt would end with 5.
    expect(await terminal.run(...line.split(" "), "--lang", lang, "--url", "http://127.0.0.1:9")).toBe(2);
    expect(terminal.written.stdout).toBe("");
    expect(terminal.written.stderr).toMatch(/\S{3,}/);
    expect(terminal.written.stderr).not.toContain("cli.");
    expect(/\p{Script=Han}/u.test(terminal.written.stderr)).toBe(lang === "zh-CN");
  }
});

test("a single day is a range of one day, and options may stand anywhere", () => {
  expect(readArguments(["--queue", "start", "--priority=9", "2025-10-01", "--force", "--desc"])).toMatchObject({
    command: "start",
    days: { from: "2025-10-01", to: "2025-10-01" },
    queue: true,
    priority: 9,
    force: true,
    order: "desc",
    acceptIncomplete: false,
    watch: false,
  });
});

test.each([
  [["help"], {}],
  [[], {}],
  [["start", "--help"], {}],
  [["cancel", "-h"], { LANG: "zh_CN.UTF-8" }],
])("%j shows the help and ends with 0", async (argv, environment) => {
  const terminal = aTerminal({ environment });
  expect(await terminal.run(...argv)).toBe(0);
  expect(terminal.written.stdout).toContain("npm run sync --");
  expect(terminal.written.stdout.includes("用法")).toBe("LANG" in environment);
});

test.each([
  [{ LANG: "en_US.UTF-8", LC_ALL: "zh_CN.UTF-8" }, true],
  [{ LANG: "zh_TW.UTF-8", LC_MESSAGES: "en_GB.UTF-8" }, false],
  [{ LANG: "C" }, false],
  [{}, false],
])("the terminal's variables %j choose the language in the order of POSIX", async (environment, chinese) => {
  const terminal = aTerminal({ environment });
  await terminal.run("fly");
  expect(/\p{Script=Han}/u.test(terminal.written.stderr)).toBe(chinese);
});

test.each(["ftp://here", "localhost:8000", "//", "not a url"])("%s is no address", async (url) => {
  const terminal = aTerminal();
  expect(await terminal.run("status", "--url", url)).toBe(2);
  expect(terminal.written.stderr).toContain(url);
});

test("a language that is not spoken is a mistake", async () => {
  expect(await aTerminal().run("help", "--lang", "fr")).toBe(2);
});
