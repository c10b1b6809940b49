import type { ReactNode } from "react";

/** For ears only. `live` announces changes politely. */
export function VisuallyHidden({ children, live = false }: { children: ReactNode; live?: boolean }) {
  return (
    <span role={live ? "status" : undefined} className="sr-only">
      {children}
    </span>
  );
}
