/** East Asian characters take two columns; a line that wraps could not be drawn over. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NOTHING = /\p{M}|\p{Cf}/u;

const widthOfOne = (character: string) => (NOTHING.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** Columns that the text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfOne(character);
  return width;
}

/** The beginning of the text that fits, with `…` where something is missing. */
export function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let fits = "";
  let width = 0;
  for (const character of text) {
    width += widthOfOne(character);
    if (width > columns - 1) break;
    fits += character;
  }
  return `${fits}…`;
}

/** Filled with blanks up to the column. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

/** A server's text may not move the cursor or ring the bell. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, (found) => (/^\n+$/.test(found) ? found : " "));
}
