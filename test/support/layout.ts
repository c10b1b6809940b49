import type { Page } from "playwright-core";

/** The days and moments of the page that a line breaks in two, each with some words around it. */
export async function brokenDays(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const broken: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.textContent ?? "";
      for (const { 0: day, index } of text.matchAll(/\d{4}-\d\d-\d\d(?: \d\d:\d\d)?/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + day.length);
        const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top)));
        if (lines.size > 1) broken.push(`${day} in: ${node.parentElement?.parentElement?.textContent?.slice(0, 200)}`);
      }
    }
    return broken;
  });
}

/** Elements whose figures could change their width while they count: a `font` shorthand forgets what was inherited. */
export async function unevenFigures(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => getComputedStyle(element).fontVariantNumeric !== "tabular-nums")
      .map((element) => `${element.tagName} ${element.textContent?.slice(0, 40)}`),
  );
}
