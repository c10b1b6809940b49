"use client";

import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";

/** A page broke: what happened, what it means for the data, what one can do. */
export function ErrorPage({ error, onAgain }: { error: Error & { digest?: string }; onAgain: () => void }) {
  const t = useTranslations("shell.error");
  const facts: [string, string][] = [
    [t("what"), error.message || (error.digest ?? error.name)],
    [t("data"), t("dataText")],
    [t("next"), t("nextText")],
  ];
  return (
    <main id="main" tabIndex={-1} role="alert" className="px-6 py-5 outline-none max-sm:p-4">
      <h2 className="tracking-[-.01em] [font:var(--t-18)]">{t("title")}</h2>
      <dl className="mt-5 grid max-w-[760px] grid-cols-[176px_minmax(0,1fr)] gap-x-5 gap-y-2.5 max-sm:grid-cols-1 max-sm:gap-y-0.5">
        {facts.map(([term, text]) => (
          <div key={term} className="contents">
            <dt className="text-ink-2">{term}</dt>
            <dd className="wrap-anywhere max-sm:mb-2.5">{text}</dd>
          </div>
        ))}
      </dl>
      <Button look="primary" className="mt-5" onPress={onAgain}>
        {t("again")}
      </Button>
    </main>
  );
}
