"use client";

import { useTranslations } from "use-intl";
import { useConsoleInfo, useCoverage, useReadCoverage } from "@/components/data/queries";
import { Chip } from "@/components/ui/chip";
import { notify } from "@/components/ui/toast";
import { addDays, type Day } from "@/lib/contract/day";
import { gapRange, PRESET_CALENDAR_DAYS, PRESETS, type Preset, presetRanges } from "./presets";
import type { DayRange } from "./range-text";

interface PresetChipsProps {
  range: DayRange | null;
  today: Day | null;
  onChoose: (range: DayRange) => void;
}

/** The ranges one press away; the one that is chosen is marked. */
export function PresetChips({ range, today, onChoose }: PresetChipsProps) {
  const t = useTranslations("presets");
  const start = useTranslations("start");
  const ranges = usePresetRanges(today);
  const info = useConsoleInfo().data;
  const readCoverage = useReadCoverage();
  const first = info?.first_day ?? null;

  const chooseGaps = async (from: Day, to: Day) => {
    try {
      const gaps = gapRange(await readCoverage.mutateAsync({ from, to }));
      if (gaps) onChoose(gaps);
      else notify(start("noGaps"));
    } catch {
      notify(start("planFailed"), start("gapsFailed"));
    }
  };
  const press = (preset: Preset) => {
    if (preset === "gaps") {
      if (first && today) void chooseGaps(first, today);
      return;
    }
    const chosen = ranges?.[preset];
    if (chosen) onChoose(chosen);
  };
  const isReady = (preset: Preset) => (preset === "gaps" ? first !== null && today !== null : Boolean(ranges?.[preset]));
  // Two presets may mean the same days; the first of them is marked.
  const marked = PRESETS.find((preset) => preset !== "gaps" && sameRange(ranges?.[preset], range));

  return (
    <div role="group" aria-label={start("presets")} className="mt-2.5 flex flex-wrap gap-1.5">
      {PRESETS.map((preset) => (
        <Chip key={preset} isSelected={marked === preset} isDisabled={!isReady(preset)} onChange={() => press(preset)}>
          {t(preset)}
        </Chip>
      ))}
    </div>
  );
}

/** Ranges of the presets; null while the calendar of the last weeks is not known. */
export function usePresetRanges(today: Day | null): ReturnType<typeof presetRanges> | null {
  const info = useConsoleInfo().data;
  const recent = useCoverage(today && addDays(today, -PRESET_CALENDAR_DAYS), today).data;
  if (!today || !info || !recent) return null;
  return presetRanges(today, info.last_complete_day, recent);
}

function sameRange(a: DayRange | null | undefined, b: DayRange | null): boolean {
  return a != null && b != null && a.from === b.from && a.to === b.to;
}
