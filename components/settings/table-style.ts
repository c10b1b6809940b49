/** Head and cells of the tables of this page; on phones a line becomes a block. */
export const HEAD =
  "h-8 border-b border-line-2 px-3 text-left font-normal whitespace-nowrap text-ink-2 [font:var(--t-12)] first:pl-6 last:pr-6 max-xl:px-2";
export const CELL =
  "border-b border-line px-3 py-2 align-top [tr:last-child>&]:border-b-0 first:pl-6 last:pr-6 max-xl:px-2 max-sm:border-0 max-sm:p-0!";
