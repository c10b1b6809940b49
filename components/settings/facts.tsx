import type { ReactNode } from "react";
import { Sentence } from "@/components/ui/sentence";

/** Terms and what they are, one line each; long words wrap, figures do not. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid content-start gap-1.5">{children}</dl>;
}

export function Fact({ term, note, children }: { term: ReactNode; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-3">
      <dt className="text-ink-2">{term}</dt>
      <dd className="min-w-0 wrap-anywhere">
        {children}
        {note ? (
          <span className="block text-ink-3 [font:var(--t-12)]">
            {typeof note === "string" ? <Sentence>{note}</Sentence> : note}
          </span>
        ) : null}
      </dd>
    </div>
  );
}
