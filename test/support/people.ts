import AxeBuilder from "@axe-core/playwright";
import { expect as playwrightExpect } from "@playwright/test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchBrowser } from "./browser";

/** These machines are shared: what counts is that it comes, not how soon. */
const COMES_WITHIN_MS = 90_000;
export const expectPage = playwrightExpect.configure({ timeout: COMES_WITHIN_MS });

/** Somebody at a browser of their own. */
export interface Person {
  page: Page;
  /** What the browser complained about: must stay empty. */
  complaints: string[];
}

export interface PersonOptions {
  language?: "en" | "zh-CN";
  theme?: "light" | "dark";
  width?: number;
  /** A screen that is tapped. */
  touch?: boolean;
}

/** One browser for the file, and people who leave after each test. Call it after the hooks of the server, so that they leave first. */
export function gatherPeople() {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await browser.close();
  });

  return async function person({
    language = "en",
    theme = "light",
    width = 1280,
    touch = false,
  }: PersonOptions = {}): Promise<Person> {
    const context = await browser.newContext({
      locale: language,
      colorScheme: theme,
      viewport: { width, height: 900 },
      hasTouch: touch,
    });
    contexts.push(context);
    context.setDefaultTimeout(COMES_WITHIN_MS);
    await context.addInitScript(keepNews);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // A refused start is a 409, which the browser reports as a failed resource; that is expected here.
      if (message.type() === "error" && !message.text().includes("409")) complaints.push(message.text());
    });
    return { page, complaints };
  };
}

/**
 * The console listens to its keyboard: a key that is pressed before that, while the page stands there as it came from the
 * server, is lost. Its one button can be pressed from that moment on.
 */
export async function untilAwake(page: Page): Promise<void> {
  await expectPage(page.getByRole("button", { name: /^(Start sync|开始同步)$/ })).toBeEnabled();
}

declare global {
  interface Window {
    /** Every piece of short news that this document has shown so far. */
    newsSoFar?: string[];
  }
}

/** Short news goes by itself after four seconds, looked at or not: the page keeps a copy for whoever looks late. */
function keepNews(): void {
  const NEWS = "[data-sonner-toast]";
  const news: string[] = (window.newsSoFar = []);
  const keep = (node: Node) => {
    if (!(node instanceof Element)) return;
    const shown = node.matches(NEWS) ? [node] : [...node.querySelectorAll(NEWS)];
    for (const one of shown) news.push(one.textContent ?? "");
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) keep(node);
  }).observe(document, { childList: true, subtree: true });
}

/** The page has told this in a piece of short news since it was opened, be it gone by now or not. */
export async function expectTold(page: Page, words: string): Promise<void> {
  await expectPage.poll(() => page.evaluate(() => window.newsSoFar?.join("\n")), { timeout: COMES_WITHIN_MS }).toContain(words);
}

/** What axe finds against WCAG 2.2 AA, one line a rule. `exclude` takes a part of the page out, with a reason at the call. */
export async function violations(page: Page, exclude: string | null = null): Promise<string[]> {
  // A colour on its way from one state to the next is nobody's reading; what it comes to is judged.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation instanceof CSSTransition)
        .map((animation) => animation.finished),
    ),
  );
  const axe = new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]);
  const { violations: found } = await (exclude === null ? axe : axe.exclude(exclude)).analyze();
  return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
