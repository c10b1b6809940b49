import type { ReactNode } from "react";
import { DayIcon } from "./icon";
import type { DayLook } from "./look";
import { Swatch } from "./swatch";

/** Legend entry: swatch, icon, count and word. */
export function Mark({ look, count, children }: { look: DayLook; count?: ReactNode; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-[5px] whitespace-nowrap" data-look={look}>
      <Swatch look={look} />
      <DayIcon look={look} size={13} className="mr-px" />
      <span>
        {count != null && <span className="font-semibold">{count} </span>}
        {children}
      </span>
    </span>
  );
}
