"use client";

import { useTranslations } from "use-intl";
import type { DayLook } from "./look";

/** The word of a state, as legends, cards and accessible names say it. */
export function useLookWord(): (look: DayLook) => string {
  const t = useTranslations("day");
  return (look) => t(`look.${look}`);
}
