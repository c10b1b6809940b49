"use client";

import { useCallback } from "react";
import { useTranslations } from "use-intl";
import type { ApiError } from "@/components/data/api";

const FIELD_WORD: Record<string, "from" | "to"> = { start_date: "from", end_date: "to" };

/** The sentence of a refusal in the page's language; fields are called as on the page. */
export function useProblemText(): (error: Pick<ApiError, "code" | "params">) => string {
  const t = useTranslations("problem");
  const start = useTranslations("start");
  const statuses = useTranslations("status");
  return useCallback(
    ({ code, params }) => {
      if (!t.has(code)) return code;
      const values = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"]));
      const word = FIELD_WORD[String(values["field"])];
      if (word) values["field"] = start(word);
      const status = String(values["status"]);
      if (code === "illegal_transition" && statuses.has(status)) values["status"] = statuses(status).toLowerCase();
      return t(code, values);
    },
    [t, start, statuses],
  );
}
