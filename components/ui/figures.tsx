import clsx from "clsx";
import type { ReactNode } from "react";

/** The one row of big figures of a view: at most three `Figure`s, parted by hairlines, two and one on phones. */
export function Figures({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <dl
      className={clsx(
        "mt-5 mb-4 grid grid-cols-[208px_184px_minmax(0,1fr)] max-lg:grid-cols-[1fr_1fr_minmax(0,1.4fr)] max-sm:grid-cols-2 max-sm:gap-y-4",
        className,
      )}
    >
      {children}
    </dl>
  );
}

interface FigureProps {
  label: ReactNode;
  /** A quiet figure at the end of the label's line. */
  labelEnd?: ReactNode;
  value: ReactNode;
  unit?: ReactNode;
  /** The line below. */
  note?: ReactNode;
  /** Something drawn beside the value, a sparkline. */
  beside?: ReactNode;
}

/** A big figure with its label above and its circumstances below. */
export function Figure({ label, labelEnd, value, unit, note, beside }: FigureProps) {
  return (
    <div className="min-w-0 border-l border-line px-5 first:border-l-0 first:pl-0 last:pr-0 max-sm:px-0 max-sm:pl-4 max-sm:nth-3:col-span-full max-sm:nth-3:border-t max-sm:nth-3:border-l-0 max-sm:nth-3:pt-3 max-sm:nth-3:pl-0">
      <dt className="flex justify-between gap-3 whitespace-nowrap text-ink-2 [font:var(--t-12)]">
        <span>{label}</span>
        {labelEnd ? <span>{labelEnd}</span> : null}
      </dt>
      <dd className="flex items-center gap-4">
        <span className="whitespace-nowrap tracking-[-.02em] [font:var(--t-26)] max-sm:text-[1.375rem]">
          {value}
          {unit ? <small className="tracking-normal text-ink-2 [font:500_.875rem/1_var(--font)]"> {unit}</small> : null}
        </span>
        {beside ? <span className="min-w-0 flex-1">{beside}</span> : null}
      </dd>
      {note ? <dd className="text-ink-2 [font:var(--t-12)]">{note}</dd> : null}
    </div>
  );
}
