/** A line of the history: a row of the table, a card of two lines on phones. */
export const ROW =
  "relative hover:bg-bg-sunken max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-2 max-sm:gap-y-0.5 max-sm:border-b max-sm:border-line max-sm:px-4 max-sm:py-2.5";
export const CELL =
  "h-[50px] border-b border-line px-3 whitespace-nowrap first:pl-6 last:pr-6 max-xl:px-2 max-sm:block max-sm:h-auto max-sm:border-0 max-sm:p-0!";
