"use client";

import clsx from "clsx";
import { useTranslations } from "use-intl";
import { useTasksOfSchedule } from "@/components/data/schedules";
import { useFormat } from "@/components/shell/format";
import { TextLink } from "@/components/ui/link";
import { Section } from "@/components/ui/section";
import type { Day } from "@/lib/contract/day";
import type { Schedule } from "@/lib/contract/schedule";
import { daysAround, type FireDay, fireDays } from "./fire-days";
import { DAY_LOOK_OF, type FireLook, lookOfFire } from "./fire-look";
import { FireSign } from "./fire-sign";

const LEGEND: FireLook[] = [
  "due",
  "complete",
  "partly",
  "failed",
  "running",
  "waiting",
  "paused",
  "cancelled",
  "skipped_busy",
  "missed",
  "nothing_missing",
  "closed_day",
];

/** Narrow screens show the days next to today: a cell stays wide enough for a finger. */
const WIDE_ONLY = "max-sm:hidden";
const OUTER_DAYS = 4;
const isOuter = (index: number) => index < OUTER_DAYS;

/** One cell a day and schedule around today; a cell with a task leads to it. */
export function FireStrip({ schedules, today }: { schedules: readonly Schedule[]; today: Day }) {
  const t = useTranslations("schedule");
  const format = useFormat();
  const days = daysAround(today);
  const daily = useTasksOfSchedule("daily");
  const fill = useTasksOfSchedule("fill_missing");
  const rows = schedules.map((schedule) => ({
    schedule,
    cells: fireDays(schedule, today, days).map((of) => ({ of, look: lookOf(of) })),
  }));
  return (
    <Section title={t("strip.title")} note={t("strip.note")}>
      <table className="-mx-[3px] w-[calc(100%+6px)] max-w-[880px] table-fixed border-separate border-spacing-x-[3px] border-spacing-y-1.5 max-sm:border-spacing-x-0.5">
        <thead>
          <tr>
            <th className="w-24 max-sm:hidden">
              <span className="sr-only">{t("strip.schedule")}</span>
            </th>
            {days.map((day, index) => (
              <th
                key={day}
                scope="col"
                aria-label={day}
                className={clsx(
                  "text-center whitespace-nowrap [font:var(--t-11)]",
                  day === today ? "font-semibold! text-ink" : "text-ink-3",
                  isOuter(index) && WIDE_ONLY,
                )}
              >
                {day === today ? t("strip.today") : format.dayShort(day)}
              </th>
            ))}
          </tr>
        </thead>
        {rows.map(({ schedule, cells }) => (
          <StripRow key={schedule.id} name={t(`name.${schedule.id}`)} cells={cells} today={today} />
        ))}
      </table>
      <Legend looks={new Set(rows.flatMap(({ cells }) => cells.map(({ look }) => look)))} />
    </Section>
  );

  function lookOf({ fire, without }: FireDay): FireLook {
    if (!fire) return without;
    const id = fire.task_id ?? "";
    return lookOfFire(fire, daily.get(id) ?? fill.get(id) ?? null);
  }
}

interface StripRowProps {
  name: string;
  cells: { of: FireDay; look: FireLook }[];
  today: Day;
}

function StripRow({ name, cells, today }: StripRowProps) {
  return (
    <tbody>
      {/* On phones the name stands above its cells, there is no room beside them. */}
      <tr className="sm:hidden">
        <th scope="rowgroup" colSpan={cells.length - OUTER_DAYS} className="pt-1 text-left font-normal">
          {name}
        </th>
      </tr>
      <tr>
        <th scope="row" className="text-left font-normal whitespace-nowrap max-sm:hidden">
          {name}
        </th>
        {cells.map(({ of, look }, index) => (
          <td key={of.day} className={clsx("p-0", isOuter(index) && WIDE_ONLY)}>
            <Cell of={of} name={name} isToday={of.day === today} look={look} />
          </td>
        ))}
      </tr>
    </tbody>
  );
}

function Cell({ of: { day, fire }, name, isToday, look }: { of: FireDay; name: string; isToday: boolean; look: FireLook }) {
  const t = useTranslations("schedule");
  const words = useTranslations("fire");
  const label = t("strip.cell", { name, day, word: words(`look.${look}`) });
  const style = clsx(
    "day-cell justify-center p-0! no-underline",
    !DAY_LOOK_OF[look] && "shadow-[inset_0_0_0_1px_var(--line)]",
    isToday && "shadow-[inset_0_0_0_1.5px_var(--ink)]!",
  );
  const inside =
    look === "off" ? <span className="text-ink-3 [font:var(--t-11)]">{words("offShort")}</span> : <FireSign look={look} />;
  if (fire?.task_id)
    return (
      <span data-look={DAY_LOOK_OF[look] ?? "not_due"} className="block">
        <TextLink href={`/history/${fire.task_id}`} aria-label={label} className={style}>
          {inside}
        </TextLink>
      </span>
    );
  return (
    <span data-look={DAY_LOOK_OF[look] ?? "not_due"} className={style} title={words(`look.${look}`)}>
      <span aria-hidden className="contents">
        {inside}
      </span>
      <span className="sr-only">{words(`look.${look}`)}</span>
    </span>
  );
}

function Legend({ looks }: { looks: ReadonlySet<FireLook> }) {
  const words = useTranslations("fire");
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-ink-2 sm:ml-24">
      {LEGEND.filter((look) => looks.has(look)).map((look) => (
        <li key={look} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <FireSign look={look} />
          {words(`look.${look}`)}
        </li>
      ))}
    </ul>
  );
}
