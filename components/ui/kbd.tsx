import type { ReactNode } from "react";

/** A key of the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-sm border border-line-2 px-1 font-mono text-[0.6875rem]/4 font-medium text-ink-2">{children}</kbd>
  );
}
