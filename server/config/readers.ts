import { z } from "zod";
import { type Day, isDay } from "@/lib/contract/day";

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

/** Words of several variables. */
export const DAYS_EXPECTED = "days as YYYY-MM-DD, separated by commas";
export const DAYS_REMEDY = "Write for example 2024-03-05,2024-03-06";
export const MS_REMEDY = "Write whole milliseconds without a unit";

/** Gives a variable its type without a cast. */
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

/** Digits alone, both ends included; no sign, no separator, no unit. */
export const wholeNumber = (least: number, most: number) =>
  reads((text) => (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined));
/** One of the words, as they are written. */
export const oneOf = <Word extends string>(words: readonly Word[]) => reads((text) => words.find((word) => word === text));
export const anyText = reads((value): string => value);
export const yesOrNo = reads(
  (value) => ({ true: true, yes: true, "1": true, false: false, no: false, "0": false })[value.toLowerCase()],
);

/** The pieces between commas, trimmed; empty ones do not count. */
export const parts = (value: string) =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

export const days = reads((value): Day[] | undefined => {
  const found = parts(value);
  return found.every(isDay) ? found : undefined;
});

export const shortDays = reads((value): [Day, number][] | undefined => {
  const found: [Day, number][] = [];
  for (const part of parts(value)) {
    const [day, share] = part.split(":");
    if (!isDay(day) || share === undefined || !/^(0(\.\d+)?|1(\.0+)?)$/.test(share)) return undefined;
    found.push([day, Number(share)]);
  }
  return found;
});

/** `18`, `18:00` or `17:30`, as hours with a fraction. */
export const hour = reads((value) => {
  const [, hours, minutes = "0"] = /^(\d{1,2})(?::(\d{2}))?$/.exec(value) ?? [];
  if (hours === undefined || Number(minutes) > 59) return undefined;
  const total = Number(hours) + Number(minutes) / 60;
  return total < 24 ? total : undefined;
});

/** Nothing but scheme, host and port; answered in the normal form that browsers send as `Origin`. */
export const origin = reads((value) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search || url.hash || url.username) return undefined;
  return url.origin;
});

export const webUrl = reads((value) => (/^https?:\/\//i.test(value) && URL.canParse(value) ? value : undefined));

export const hostName = reads((value) => (/^[\w.:-]+$/.test(value) ? value : undefined));

export const postgresUrl = reads((value) => (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value) ? value : undefined));

const WORDS_FOR_DELIMITERS: Record<string, string> = {
  tab: "\t",
  "\\t": "\t",
  comma: ",",
  semicolon: ";",
  pipe: "|",
  space: " ",
};
export const delimiter = reads((value) => WORDS_FOR_DELIMITERS[value] ?? (value.length === 1 ? value : undefined));
