"use client";

import { useTranslations } from "use-intl";
import { Section } from "@/components/ui/section";
import type { VariableSettings } from "@/lib/contract/settings";
import { CELL, HEAD } from "./table-style";

/** Every variable with its value and where that comes from. Changes are made outside and need a restart. */
export function ConfigurationSection({ configuration }: { configuration: VariableSettings[] }) {
  const t = useTranslations("settings.configuration");
  const set = configuration.filter((variable) => variable.origin !== "default").length;
  return (
    <Section
      title={t("title")}
      note={t("note", { count: set })}
      className="px-0! pb-0! max-sm:px-0! [&>div]:px-6 max-sm:[&>div]:px-4"
      tight
    >
      <p className="max-w-[72ch] px-6 pb-2 text-ink-2 max-sm:px-4">{t.rich("about", { code: (name) => <code>{name}</code> })}</p>
      <table className="w-full border-collapse max-sm:block">
        <thead className="max-sm:sr-only">
          <tr>
            <th className={`${HEAD} w-56`}>{t("variable")}</th>
            <th className={HEAD}>{t("value")}</th>
            <th className={HEAD}>{t("origin")}</th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {configuration.map((variable) => (
            <tr
              key={variable.name}
              className="max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-3 max-sm:border-b max-sm:border-line max-sm:px-4 max-sm:py-2 max-sm:last:border-b-0"
            >
              <th scope="row" className={`${CELL} text-left font-normal max-sm:col-span-full`}>
                <code className={variable.origin === "default" ? "text-ink-2" : "font-medium"}>{variable.name}</code>
              </th>
              <td className={`${CELL} wrap-anywhere ${variable.value === null ? "text-ink-3" : ""}`}>{valueOf(variable)}</td>
              <td className={`${CELL} whitespace-nowrap text-ink-2`}>{t(`from.${variable.origin}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );

  function valueOf({ value, secret, origin }: VariableSettings): string {
    if (value !== null) return value;
    return secret && origin !== "default" ? t("secret") : t("unset");
  }
}
