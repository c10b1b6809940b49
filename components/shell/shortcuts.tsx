"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { focusRange } from "@/components/sync/focus-range";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { PLACES } from "./places";

/** How long the second key of `g` `c` may take. */
const CHORD_MS = 1_500;

/** Keys of the whole page. Nothing happens while someone types or a dialog is open. */
export function useShortcuts(openSheet: () => void): void {
  const router = useRouter();
  const chordSince = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const inChord = event.timeStamp - chordSince.current < CHORD_MS;
      chordSince.current = 0;
      const place = inChord ? PLACES.find((candidate) => candidate.key === event.key) : undefined;
      if (place) router.push(place.href);
      else if (event.key === "g") chordSince.current = event.timeStamp;
      else if (event.key === "?") openSheet();
      else if (event.key === "n") {
        if (!focusRange()) router.push("/#new");
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [router, openSheet]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest("input, textarea, select, [role=dialog], [role=menu], [role=listbox], [role=spinbutton]") !== null
  );
}

/** The list of keys, opened by `?`. */
export function ShortcutSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations("shell.sheet");
  const ui = useTranslations("ui");
  const lines: [string[], string][] = [
    [["n"], t("newSync")],
    [["g", "c"], t("goConsole")],
    [["g", "h"], t("goHistory")],
    [["g", "s"], t("goSchedule")],
    [["g", ","], t("goSettings")],
    [["?"], t("help")],
    [["Esc"], t("close")],
  ];
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("title")} closeLabel={ui("close")} width="sm">
      <dl className="mt-4">
        {lines.map(([pressed, meaning]) => (
          <div key={meaning} className="flex items-center justify-between gap-4 border-t border-line py-2 first:border-t-0">
            <dt>{meaning}</dt>
            <dd className="flex items-center gap-1.5 whitespace-nowrap text-ink-3 [font:var(--t-12)]">
              {pressed.map((key, index) => (
                <span key={key} className="contents">
                  {index > 0 ? <span>{t("thenKey")}</span> : null}
                  <Kbd>{key}</Kbd>
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
