/** A line of text to type; its width is the caller's. */
export const inputStyle =
  "h-9 rounded-(--r-control) border border-line-control bg-bg-raised px-2.5 " +
  "focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus max-sm:h-10";
