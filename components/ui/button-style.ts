import clsx from "clsx";

export type ButtonLook = "primary" | "secondary" | "quiet";
export type ButtonSize = "md" | "sm";

/** What has a box keeps it; what is bare stays bare. */
const DISABLED_BOX = "data-disabled:border-line-2 data-disabled:bg-bg-sunken";

const LOOK: Record<ButtonLook, string> = {
  primary: "border-action bg-action text-on-action font-semibold hover:bg-action-hover hover:border-action-hover " + DISABLED_BOX,
  secondary: "border-line-control bg-bg-raised text-ink font-medium hover:bg-bg-hover " + DISABLED_BOX,
  quiet: "border-transparent bg-transparent text-ink-2 font-medium hover:bg-bg-hover hover:text-ink data-disabled:bg-transparent",
};

const SIZE: Record<ButtonSize, string> = {
  md: "h-(--h-control) px-3",
  sm: "h-(--h-control-sm) px-2.5",
};

/** One look for everything that is pressed: buttons and links that act like them. */
export function buttonStyle(look: ButtonLook, size: ButtonSize): string {
  return clsx(
    "inline-flex cursor-pointer items-center justify-center gap-1.5 rounded-(--r-control) border whitespace-nowrap no-underline",
    "transition-colors duration-(--fast) ease-(--ease) [&_svg]:shrink-0",
    "data-disabled:cursor-default data-disabled:text-ink-3",
    LOOK[look],
    SIZE[size],
  );
}
