import { z } from "zod";

/** One variable of the environment: how its text is read, and the words for a value that cannot be read. */
export interface Variable<Value = unknown> {
  /** Text as a person would write it into `.env`; null = unset. */
  standard: string | null;
  /** What an acceptable value looks like, for the fault message. */
  expected: string;
  /** What to do about a bad value. */
  remedy: string;
  /** Never repeat the value in a message. */
  secret?: boolean;
  schema: z.ZodType<Value, string>;
}

export function variable<Value>(of: Variable<Value>): Variable<Value> {
  return of;
}

/** Reads a text by a function that answers undefined for what it does not accept. */
export function reads<Value>(read: (text: string) => Value | undefined): z.ZodType<Value, string> {
  return z.string().transform((text, context): Value => {
    const value = read(text);
    if (value === undefined) {
      context.addIssue({ code: "custom", message: "not acceptable" });
      return z.NEVER;
    }
    return value;
  });
}

export const anyText = reads((value): string => value);

export const postgresUrl = reads((value) => (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value) ? value : undefined));
