"use client";

import { useTranslations } from "use-intl";
import { StatusIcon } from "@/components/day/status-badge";
import { useFormat } from "@/components/shell/format";
import { Chip } from "@/components/ui/chip";
import { Select } from "@/components/ui/select";
import { TASK_TYPES, type TaskType } from "@/lib/contract/task";
import { PERIODS, SHOWN_STATUSES, type useHistoryFilters } from "./filters";

const ANY = "any";

interface Props {
  filters: ReturnType<typeof useHistoryFilters>;
  total: number | null;
  /** There are more than `total`. */
  isMore: boolean;
}

/** Status, type and period; the number of matching tasks at the end. */
export function FilterBar({ filters, total, isMore }: Props) {
  const t = useTranslations("history");
  const types = useTranslations("taskType");
  const statuses = useTranslations("status");
  const format = useFormat();
  return (
    <div
      role="group"
      aria-label={t("filters")}
      className="flex flex-wrap items-center gap-2 border-b border-line px-6 py-3 max-sm:px-4"
    >
      <div role="group" aria-label={t("status")} className="flex flex-wrap gap-1.5">
        <Chip isSelected={filters.status === null} onChange={() => filters.choose({ status: null })}>
          {t("all")}
        </Chip>
        {SHOWN_STATUSES.map((status) => (
          <Chip
            key={status}
            isSelected={filters.status === status}
            onChange={(selected) => filters.choose({ status: selected ? status : null })}
          >
            <StatusIcon status={status} className="[animation:none]" />
            {statuses(status)}
          </Chip>
        ))}
      </div>
      <div className="flex flex-wrap gap-1.5 min-[1240px]:border-l min-[1240px]:border-line min-[1240px]:pl-3 min-[1240px]:ml-1">
        <Select<TaskType | typeof ANY>
          label={t("type")}
          chip={filters.type ? "on" : "off"}
          value={filters.type ?? ANY}
          choices={[
            { value: ANY, label: t("anyType") },
            ...TASK_TYPES.map((type) => ({ value: type, label: t("typeIs", { type: types(type) }) })),
          ]}
          onChoose={(type) => filters.choose({ type: type === ANY ? null : type })}
        />
        <Select<(typeof PERIODS)[number] | typeof ANY>
          label={t("period")}
          chip={filters.days ? "on" : "off"}
          value={filters.days ?? ANY}
          choices={[
            { value: ANY, label: t("anyPeriod") },
            ...PERIODS.map((days) => ({ value: days, label: t("periodIs", { days: Number(days) }) })),
          ]}
          onChoose={(days) => filters.choose({ days: days === ANY ? null : days })}
        />
      </div>
      <span role="status" className="ml-auto whitespace-nowrap text-ink-2">
        {total !== null && t(isMore ? "countMore" : "count", { count: total, figure: format.number(total) })}
      </span>
    </div>
  );
}
