"use client";

import { Clock as ClockIcon, Eye, Globe, Monitor, Moon, Plus, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button as AriaButton } from "react-aria-components/Button";
import { useLocale, useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { focusRange } from "@/components/sync/focus-range";
import { HoverCard } from "@/components/ui/hover-card";
import { ChoiceMenu } from "@/components/ui/menu";
import { LANGUAGE_COOKIE, LOCALES } from "./locale";
import { THEMES, useTheme } from "./theme";
import { useCity } from "./use-city";
import { CLOCKS, useZone } from "./zone";

const ONE_YEAR_SECONDS = 31_536_000;
const TOOL =
  "flex h-8 cursor-pointer items-center gap-1.5 rounded-(--r-control) px-2 whitespace-nowrap text-ink-2 hover:bg-bg-hover hover:text-ink max-sm:h-9";
const ICON = { size: 16, strokeWidth: 1.75, "aria-hidden": true } as const;

/** Right end of the top bar: who watches, whose clock, language, theme; on phones also the way to the form. */
export function Tools({ onConsole }: { onConsole: boolean }) {
  return (
    <div className="ml-auto flex items-center gap-0.5">
      {onConsole ? <NewSync /> : null}
      <Watching />
      <span aria-hidden className="mx-1 h-5 w-px bg-line max-lg:hidden" />
      <ClockMenu />
      <LanguageMenu />
      <ThemeMenu />
    </div>
  );
}

function NewSync() {
  const t = useTranslations("shell");
  return (
    <AriaButton className={`${TOOL} sm:hidden`} onPress={() => focusRange()}>
      <Plus {...ICON} />
      {t("newSync")}
    </AriaButton>
  );
}

function Watching() {
  const t = useTranslations("shell");
  const { state, connection } = useLive();
  if (!state || connection !== "live") return null;
  return (
    <HoverCard placement="bottom" content={t("watchingHint", { count: state.watching })}>
      <AriaButton className={`${TOOL} cursor-default`}>
        <Eye {...ICON} />
        <span>
          {t.rich("watching", { count: state.watching, wide: (words) => <span className="max-sm:sr-only">{words}</span> })}
        </span>
      </AriaButton>
    </HoverCard>
  );
}

function ClockMenu() {
  const t = useTranslations("shell.clock");
  const { clock, timeZone, exchangeZone, choose } = useZone();
  const city = useCity();
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const tail = { exchange: city(exchangeZone), local: city(local), utc: "" };
  const shown = timeZone?.includes("/") ? city(timeZone) : t(clock);
  return (
    <ChoiceMenu
      label={t("label")}
      value={clock}
      onChoose={choose}
      choices={CLOCKS.map((value) => ({ value, label: t(value), tail: tail[value] }))}
      trigger={
        <AriaButton
          className={`${TOOL} max-lg:hidden`}
          aria-label={`${t("label")}: ${t("hint", { zone: timeZone ?? t(clock) })}`}
        >
          <ClockIcon {...ICON} />
          <span suppressHydrationWarning>{shown}</span>
        </AriaButton>
      }
    />
  );
}

function LanguageMenu() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  const choose = (next: string) => {
    document.cookie = `${LANGUAGE_COOKIE}=${next}; path=/; max-age=${ONE_YEAR_SECONDS}; samesite=lax`;
    router.refresh();
  };
  return (
    <ChoiceMenu
      label={t("language")}
      value={locale}
      onChoose={choose}
      choices={LOCALES.map((value) => ({ value: value as string, label: t(`languages.${value}`) }))}
      trigger={
        <AriaButton className={TOOL} aria-label={`${t("language")}: ${t("languageShort")}`}>
          <Globe {...ICON} />
          {t("languageShort")}
        </AriaButton>
      }
    />
  );
}

function ThemeMenu() {
  const t = useTranslations("shell.theme");
  const [theme, choose] = useTheme();
  const Icon = { system: Monitor, light: Sun, dark: Moon }[theme];
  return (
    <ChoiceMenu
      label={t("label")}
      value={theme}
      onChoose={choose}
      choices={THEMES.map((value) => ({ value, label: t(value) }))}
      trigger={
        <AriaButton className={`${TOOL} w-8 justify-center px-0 max-sm:w-9`} aria-label={`${t("label")}: ${t(theme)}`}>
          <Icon {...ICON} />
        </AriaButton>
      }
    />
  );
}
