"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "use-intl";
import { Kbd } from "@/components/ui/kbd";
import { useConsoleInfo } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { Logo } from "./logo";
import { PLACES, placeOf } from "./places";

/** Navigation: full at the left, a rail on narrow screens, a tab bar on phones. */
export function Nav({ onShortcuts }: { onShortcuts: () => void }) {
  const t = useTranslations("shell");
  const here = placeOf(usePathname());
  const info = useConsoleInfo().data;
  return (
    <nav
      aria-label={t("main")}
      className={clsx(
        "sticky top-0 z-20 flex h-dvh flex-col border-r border-line bg-bg-nav px-2 pb-3",
        "max-sm:fixed max-sm:inset-x-0 max-sm:top-auto max-sm:bottom-0 max-sm:h-14 max-sm:flex-row max-sm:items-center max-sm:border-t max-sm:border-r-0 max-sm:px-1 max-sm:pb-0",
      )}
    >
      <Link
        href="/"
        aria-label={t("home")}
        className="flex h-(--h-bar) items-center gap-2 rounded-(--r-control) px-2 tracking-[-.01em] [font:var(--t-14)] max-xl:justify-center max-xl:px-0 max-sm:hidden"
      >
        <Logo />
        <span className="max-xl:hidden">Dayfill</span>
      </Link>
      {PLACES.map(({ name, href, icon: Icon }) => {
        const marked = here === name || (name === "history" && here === "task");
        return (
          <Link
            key={name}
            href={href}
            title={t(name)}
            aria-current={marked ? (here === name ? "page" : "true") : undefined}
            className={clsx(
              "relative flex h-8 items-center gap-2.5 rounded-(--r-control) px-2 hover:bg-bg-hover hover:text-ink",
              "max-xl:h-10 max-xl:justify-center max-xl:px-0 max-sm:h-12 max-sm:flex-1 max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:[font:var(--t-11)]",
              marked ? "bg-bg-hover font-semibold text-ink max-sm:bg-transparent max-sm:font-semibold" : "text-ink-2",
            )}
          >
            <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0" />
            <span className="max-xl:sr-only max-sm:not-sr-only">{t(name)}</span>
            {name === "console" ? <RunningShare /> : null}
          </Link>
        );
      })}
      <div className="mt-auto grid gap-0.5 p-2 text-ink-3 [font:var(--t-12)] max-xl:hidden">
        {info ? (
          <>
            <span className="truncate">{t("source", { name: info.source.name })}</span>
            <span className="truncate">{t("database", { version: info.database.version })}</span>
          </>
        ) : null}
        <button
          type="button"
          onClick={onShortcuts}
          className="mt-1.5 flex min-h-6 w-fit cursor-pointer items-center gap-1.5 rounded-sm hover:text-ink"
        >
          <Kbd>?</Kbd> {t("shortcuts")}
        </button>
      </div>
    </nav>
  );
}

/** How far the running sync is, as the tail of the console's line. */
function RunningShare() {
  const { state, connection } = useLive();
  const running = state?.current;
  if (!running) return null;
  return (
    <span className={clsx("ml-auto font-normal text-ink-2 [font:var(--t-12)] max-xl:hidden", connection !== "live" && "stale")}>
      {Math.floor(running.progress_percent)}%
    </span>
  );
}
