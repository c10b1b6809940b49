import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { countDays, type Day } from "@/lib/contract/day";
import { startCli } from "./cli";
import { expectPage, type Person, type PersonOptions, untilAwake } from "./people";

const MOST_TABS = 30;

interface Range {
  from: Day;
  to: Day;
}

const shown = ({ from, to }: Range) => `${from} → ${to}`;

/** Opens the settings and asks the source for one day; what came of it. */
export async function testOneDay(page: Page, url: string, day: Day): Promise<Locator> {
  await page.goto(`${url}/settings`);
  const source = page.getByRole("region", { name: "Source" });
  const field = source.getByLabel("Test one day");
  await field.fill(day);
  await field.press("Enter");
  return source.getByRole("status");
}

/** The settings say what is wrong and what to do; then the person looks away, for that server is about to end. */
export async function readsRefusal(page: Page, url: string, day: Day, words: string | RegExp, advice: string): Promise<void> {
  const result = await testOneDay(page, url, day);
  await expectPage(result).toContainText(words);
  await expectPage(result).toContainText(`What to do: ${advice}`);
  await page.goto("about:blank");
}

/** The settings show five rows of the day, the first of them with these cells, and say that nothing was stored. */
export async function readsFiveRows(page: Page, url: string, day: Day, words: string | RegExp, first: string[]): Promise<void> {
  const result = await testOneDay(page, url, day);
  await expectPage(result).toContainText(words);
  await expectPage(result).toContainText("Nothing was stored.");
  await expectPage(result.getByRole("row")).toHaveCount(6);
  const cells = await result.getByRole("row").nth(1).getByRole("cell").allInnerTexts();
  expect(cells).toEqual(first);
}

/** On the console, without a mouse: `n`, the range, its plan, and on by Tab to the one button; the name is asked for once. */
export async function startsByKeyboard(
  page: Page,
  url: string,
  range: Range,
  plan: string | RegExp,
  name: string,
): Promise<void> {
  await page.goto(url);
  await untilAwake(page);
  await page.keyboard.press("n");
  await expectPage(page.getByRole("textbox", { name: "Range" })).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(`${range.from}..${range.to}`);
  await page.keyboard.press("Enter");
  await expectPage(page.getByText(plan).first()).toBeVisible();
  const start = page.getByRole("button", { name: "Start sync" });
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await start.evaluate((button) => button === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expectPage(start).toBeFocused();
  await page.keyboard.press("Enter");
  await expectPage(page.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expectPage(page.getByRole("heading", { name: shown(range) })).toBeVisible();
}

/** Whoever has the page open sees every one of these days arrive, in words of their language. */
export async function seesLanded(page: Page, range: Range, days: readonly Day[], word: string): Promise<void> {
  await expectPage(page.getByRole("heading", { name: shown(range) })).toBeVisible();
  for (const day of days)
    await expectPage(page.getByRole("gridcell", { name: new RegExp(`${day}.*${word}`) }).first()).toBeVisible();
}

/** The same day once more from a terminal: it ends well, and says so in its last line. */
export async function fetchesAgain(url: string, day: Day): Promise<void> {
  const { written, ended } = startCli(url, "start", day, "--force", "--watch", "--lang", "en");
  expect(await ended, written.stderr).toBe(0);
  expect(written.stdout.trimEnd().split("\n").at(-1)).toMatch(/^Sync completed: 1 success, 0 failed, 0 skipped, took/);
}

interface Filling {
  url: string;
  /** Who starts the range by keyboard, and where somebody else comes from who looks on in Chinese and in the dark. */
  starts: Person;
  gather: (options: PersonOptions) => Promise<Person>;
  range: Range;
  /** The trading days in it. */
  days: readonly Day[];
  /** The day that is fetched once more from a terminal. */
  again: Day;
  /** Where the table differs from what was served. */
  differences(): Promise<unknown[]>;
}

/**
 * One person starts, both see the days land, and a terminal fetches one of them again: the table is what was served, each time,
 * and no browser complained.
 */
export async function fillTheTable({ url, starts, gather, range, days, again, differences }: Filling): Promise<void> {
  const looksOn = await gather({ language: "zh-CN", theme: "dark" });
  await looksOn.page.goto(url);
  const count = days.length;
  const plan = `${countDays(range.from, range.to)} days → ${count} trading days: ${count} missing. ${count} to fetch`;
  await startsByKeyboard(starts.page, url, range, plan, "Lin Wei");
  await seesLanded(starts.page, range, days, "Complete");
  await seesLanded(looksOn.page, range, days, "完整");
  expect(await differences()).toEqual([]);
  await fetchesAgain(url, again);
  expect(await differences()).toEqual([]);
  expect([...starts.complaints, ...looksOn.complaints]).toEqual([]);
}
