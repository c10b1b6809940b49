"use client";

import { parseAsBoolean, createParser, useQueryStates } from "nuqs";
import { isDay } from "@/lib/contract/day";

const day = createParser({ parse: (text) => (isDay(text) ? text : null), serialize: String });

/** The form lives in the address: a link carries it, a reload keeps it. */
export function useFormState() {
  return useQueryStates({ from: day, to: day, force: parseAsBoolean.withDefault(false) }, { history: "replace", shallow: true });
}
