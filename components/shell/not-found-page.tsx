"use client";

import { useTranslations } from "use-intl";
import { ButtonLink } from "@/components/ui/link";

/** There is nothing at this address. */
export function NotFoundPage() {
  const t = useTranslations("shell.notFound");
  return (
    <main id="main" tabIndex={-1} className="px-6 py-5 outline-none max-sm:p-4">
      <h2 className="tracking-[-.01em] [font:var(--t-18)]">{t("title")}</h2>
      <p className="mt-1 text-ink-2">{t("text")}</p>
      <ButtonLink href="/" className="mt-5">
        {t("back")}
      </ButtonLink>
    </main>
  );
}
