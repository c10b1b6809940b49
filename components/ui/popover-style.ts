/** The look of everything that floats above the page without a scrim. */
export const popoverStyle = "z-50 rounded-lg bg-bg-raised text-ink shadow-(--shadow-pop) outline-none [font:var(--t-13)]";

/** One line of a menu or a list of choices. */
export const menuItemStyle =
  "flex min-h-8 cursor-pointer items-center gap-2 rounded-(--r-control) px-2 outline-none data-focused:bg-bg-hover data-hovered:bg-bg-hover max-sm:min-h-10";
