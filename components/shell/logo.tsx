/** Four days of the wall; the last is still to be filled. */
export function Logo() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className="size-5 shrink-0">
      <rect x="1" y="1" width="8" height="8" rx="1.5" fill="var(--ink)" />
      <rect x="11" y="1" width="8" height="8" rx="1.5" fill="var(--ink)" />
      <rect x="1" y="11" width="8" height="8" rx="1.5" fill="var(--ink)" />
      <rect
        x="11.75"
        y="11.75"
        width="6.5"
        height="6.5"
        rx="1"
        fill="none"
        stroke="var(--ink)"
        strokeWidth="1.5"
        strokeDasharray="2 1.6"
      />
    </svg>
  );
}
