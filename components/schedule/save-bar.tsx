"use client";

import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import type { UnsavedTime } from "./drafts";

interface SaveBarProps {
  unsaved: UnsavedTime[];
  /** The same, a sentence each. */
  words: string[];
  isSaving: boolean;
  /** Why the last try did not work. */
  problem: string | null;
  onDiscard: () => void;
  onSave: () => void;
}

/** What is not saved yet, in words; stays at the lower edge of the page. */
export function SaveBar({ unsaved, words, isSaving, problem, onDiscard, onSave }: SaveBarProps) {
  const t = useTranslations("schedule");
  return (
    <section
      aria-label={t("unsavedLabel")}
      className="sticky bottom-0 z-10 mt-auto flex flex-wrap items-center gap-2 border-t border-line-2 bg-bg-raised px-6 py-2.5 max-sm:bottom-14 max-sm:px-4"
    >
      <div role="status" className="mr-auto min-w-0">
        <b>{t("unsaved")}</b> <span className="text-ink-2">{words.join(t("semicolon"))}</span>
        {problem ? <p>{problem}</p> : null}
      </div>
      <div className="ml-auto flex gap-2">
        <Button look="quiet" isDisabled={isSaving} onPress={onDiscard}>
          {t("discard")}
        </Button>
        <Button look="primary" busy={isSaving} isDisabled={unsaved.some(({ to }) => to === null)} onPress={onSave}>
          {t("save")}
        </Button>
      </div>
    </section>
  );
}
