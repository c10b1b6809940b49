"use client";

import { usePathname } from "next/navigation";
import { type ReactNode, useCallback, useState } from "react";
import { useTranslations } from "use-intl";
import { Toaster } from "@/components/ui/toast";
import { Banners } from "./banners";
import { EndNotice } from "./end-notice";
import { Nav } from "./nav";
import { placeOf } from "./places";
import { ShortcutSheet, useShortcuts } from "./shortcuts";
import { Signals } from "./signals";
import { PageTitle } from "./title";
import { Tools } from "./tools";

/** The frame around every page: navigation, top bar with the three signals, banners. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useTranslations("shell");
  const place = placeOf(usePathname());
  const [sheetOpen, setSheetOpen] = useState(false);
  const openSheet = useCallback(() => setSheetOpen(true), []);
  useShortcuts(openSheet);
  return (
    <>
      <PageTitle />
      <EndNotice />
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-(--r-control) bg-action px-3 py-1.5 font-semibold text-on-action focus:translate-y-0"
      >
        {t("skip")}
      </a>
      <div className="grid min-h-dvh grid-cols-[var(--w-nav)_minmax(0,1fr)] max-xl:grid-cols-[var(--w-rail)_minmax(0,1fr)] max-sm:block max-sm:pb-[60px]">
        <Nav onShortcuts={openSheet} />
        <div className="flex min-w-0 flex-col">
          <header className="sticky top-0 z-10 flex h-(--h-bar) items-center gap-4 border-b border-line bg-bg pr-3 pl-6 max-xl:gap-3 max-xl:pl-5 max-sm:static max-sm:h-auto max-sm:flex-wrap max-sm:gap-y-1 max-sm:px-4 max-sm:pt-2">
            <h1 className="whitespace-nowrap [font:var(--t-14)]">{place ? t(place) : t("title.app")}</h1>
            <Signals />
            <Tools onConsole={place === "console"} />
          </header>
          <Banners />
          {children}
        </div>
      </div>
      <ShortcutSheet isOpen={sheetOpen} onClose={() => setSheetOpen(false)} />
      <Toaster label={t("notifications")} />
    </>
  );
}
