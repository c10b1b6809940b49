"use client";

import { useTranslations } from "use-intl";

/** The city of an IANA zone in the reader's language where it has an exchange of ours, else as the zone calls it. */
export function useCity(): (zone: string | null) => string {
  const t = useTranslations("shell.clock");
  return (zone) => {
    const city = zone?.split("/").at(-1) ?? "";
    return city === "" ? "" : t("city", { city, name: city.replaceAll("_", " ") });
  };
}
