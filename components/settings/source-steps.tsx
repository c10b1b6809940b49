"use client";

import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { TextLink } from "@/components/ui/link";
import { Select } from "@/components/ui/select";
import { SOURCE_VARIABLES, type SourceInfo } from "@/lib/contract/source";
import { envLines, guideOf, REAL_SOURCES, type RealSource } from "./env-lines";

const code = (text: ReactNode) => <code>{text}</code>;

/** On the sample market: the four steps to real rows, with the very lines for `.env`. */
export function SourceSteps({ variables }: { variables: SourceInfo["variables"] }) {
  const t = useTranslations("settings.source.steps");
  const fact = useTranslations("settings.source");
  const [source, setSource] = useState<RealSource>("tushare");
  const needed = variables.filter(({ name }) => SOURCE_VARIABLES[source]?.includes(name));
  return (
    <div className="min-w-0 border-t border-line pt-4 lg:col-span-2">
      <h3 className="mb-2 font-medium">{t("title")}</h3>
      <ol className="grid list-decimal gap-3 pl-5 marker:text-ink-3">
        <li>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <span>{t("choose")}</span>
            <Select
              label={t("choose")}
              value={source}
              onChoose={setSource}
              choices={REAL_SOURCES.map((value) => ({ value, label: t(`name.${value}`) }))}
            />
          </div>
          <p className="mt-1 text-ink-2">{t(`about.${source}`)}</p>
        </li>
        <li>
          {t.rich("write", { code })}
          <pre className="mt-1.5 overflow-x-auto rounded-(--r-control) bg-bg-sunken px-3 py-2 [font-family:var(--mono)] text-[.92em] whitespace-pre-wrap wrap-anywhere">
            {envLines(source)}
          </pre>
          <p className="mt-1 text-ink-2 empty:hidden">
            {needed.map(({ name, set }) => (
              <span key={name} className="mr-4 inline-block">
                {fact.rich("setOrNot", { name, set: String(set), code })}
              </span>
            ))}
          </p>
          <p className="mt-1 text-ink-2">{t.rich("guide", { guide: guideOf(source), code })}</p>
        </li>
        <li>{t("test")}</li>
        <li>{t.rich("sync", { link: (text) => <TextLink href="/">{text}</TextLink> })}</li>
      </ol>
    </div>
  );
}
