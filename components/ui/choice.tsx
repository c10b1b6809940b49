import { Check } from "lucide-react";
import type { ReactNode } from "react";

/** One of a few that may be chosen. */
export interface Choice<Value extends string> {
  value: Value;
  label: ReactNode;
  /** Plain text of the label, for typing ahead; needed when the label is not text. */
  text?: string;
  /** A quieter word at the end of the line. */
  tail?: ReactNode;
}

/** What is typed to get to it. */
export function textOfChoice<Value extends string>({ value, label, text }: Choice<Value>): string {
  return text ?? (typeof label === "string" ? label : value);
}

/** The line of a choice: a tick where it is the chosen one. */
export function ChoiceLine<Value extends string>({ choice, isSelected }: { choice: Choice<Value>; isSelected: boolean }) {
  return (
    <>
      <span className="w-3.5">{isSelected ? <Check size={14} aria-hidden /> : null}</span>
      <span className="flex-1">{choice.label}</span>
      {choice.tail ? <span className="text-ink-3 [font:var(--t-12)]">{choice.tail}</span> : null}
    </>
  );
}
