import clsx from "clsx";
import { type ReactNode, useId } from "react";

interface SectionProps {
  title: ReactNode;
  /** A quiet figure or sentence beside the title. */
  note?: ReactNode;
  /** Buttons at the right end of the head. */
  end?: ReactNode;
  id?: string;
  /** `side` has the narrower padding of the side pane. */
  pane?: "main" | "side";
  /** Nothing below the head but the section's own children close to it. */
  tight?: boolean;
  className?: string;
  children?: ReactNode;
}

/** A part of a pane: a head and what belongs to it, parted from the next by a hairline. */
export function Section({ title, note, end, id, pane = "main", tight = false, className, children }: SectionProps) {
  const headId = useId();
  return (
    <section
      id={id}
      aria-labelledby={headId}
      className={clsx("border-b border-line py-5 max-sm:p-4", pane === "main" ? "px-6" : "px-5 max-xl:px-6", className)}
    >
      <div className={clsx("flex min-h-7 flex-wrap items-center gap-x-3 gap-y-2", children && (tight ? "mb-1" : "mb-3"))}>
        <h2 id={headId} className="[font:var(--t-14)] whitespace-nowrap">
          {title}
        </h2>
        {note ? <span className="text-ink-2">{note}</span> : null}
        {end ? <div className="ml-auto flex items-center gap-2">{end}</div> : null}
      </div>
      {children}
    </section>
  );
}
