"use client";

import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { ApiError, ConnectionError, DatabaseAwayError } from "@/components/data/api";
import { useProblemText } from "./problem-text";

/** Why a start or a command came to nothing, in a sentence. What is no answer of the server at all is thrown on. */
export function useExplain(): (error: unknown, of: "start" | "ask") => string {
  const start = useTranslations("start");
  const life = useTranslations("life");
  const problemText = useProblemText();
  return useCallback(
    (error, of) => {
      if (error instanceof ApiError) return problemText(error);
      if (error instanceof DatabaseAwayError) return of === "start" ? start("databaseAway") : life("databaseAway");
      if (error instanceof ConnectionError) return of === "start" ? start("connection") : life("connection");
      throw error;
    },
    [start, life, problemText],
  );
}
