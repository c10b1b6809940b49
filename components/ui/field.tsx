import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

interface FieldProps {
  label: ReactNode;
  labelId?: string;
  htmlFor?: string;
  /** What is wrong with the value, as a sentence; read out when it comes. */
  error?: ReactNode;
  errorId?: string;
  children: ReactNode;
}

/** A label, a control, and what is wrong with its value. */
export function Field({ label, labelId, htmlFor, error, errorId, children }: FieldProps) {
  const labelLook = "text-ink-2 [font:var(--t-12)]";
  return (
    <div className="grid gap-1.5">
      {htmlFor ? (
        <label id={labelId} htmlFor={htmlFor} className={labelLook}>
          {label}
        </label>
      ) : (
        <span id={labelId} className={labelLook}>
          {label}
        </span>
      )}
      {children}
      <div id={errorId} role="alert" className="empty:hidden">
        {error ? (
          <span className="flex items-start gap-1.5 [font:var(--t-12)]">
            <CircleAlert aria-hidden size={14} className="mt-0.5 shrink-0 text-st-failed" />
            <span>{error}</span>
          </span>
        ) : null}
      </div>
    </div>
  );
}
