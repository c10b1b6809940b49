"use client";

import { useTranslations } from "use-intl";
import { FireSign } from "@/components/schedule/fire-sign";
import { useFireWords } from "@/components/schedule/use-fire-words";
import { useFormat } from "@/components/shell/format";
import { TextLink } from "@/components/ui/link";
import { type ScheduleFire, SCHEDULE_TASK } from "@/lib/contract/schedule";
import { CELL, ROW } from "./row-style";

/** A fire of the schedule that did not become a task: the collision is a line like any other. */
export function FireRow({ fire }: { fire: ScheduleFire }) {
  const t = useTranslations("history");
  const types = useTranslations("taskType");
  const format = useFormat();
  const { look, word, why } = useFireWords()(fire, null);
  return (
    <tr className={ROW}>
      <td className={`${CELL} text-ink-2 max-sm:hidden!`}>
        <time dateTime={fire.at}>{format.time(fire.at)}</time>
      </td>
      <td className={CELL}>
        <TextLink
          href="/schedule"
          className="font-medium decoration-transparent after:absolute after:inset-0 after:content-[''] hover:decoration-line-control"
        >
          {fire.local_date}
        </TextLink>
        <div className="text-ink-3 [font:var(--t-12)] max-sm:whitespace-normal">
          <span className="sm:hidden">{format.timeShort(fire.at)} · </span>
          {t("bySchedule")} · {types(SCHEDULE_TASK[fire.schedule_id])}
        </div>
      </td>
      <td className={`${CELL} max-sm:text-right`}>
        <span className="inline-flex items-center gap-1.5 font-medium">
          <FireSign look={look} />
          {word}
        </span>
      </td>
      <td
        className={`${CELL} text-ink-2 [font:var(--t-12)] max-sm:order-1 max-sm:col-span-full max-sm:mt-1 max-sm:whitespace-normal`}
      >
        {why}
      </td>
      <td className={`${CELL} text-right max-xl:pr-6! max-sm:hidden!`}>–</td>
      <td className={`${CELL} text-right text-ink-3 max-xl:hidden!`}>–</td>
    </tr>
  );
}
