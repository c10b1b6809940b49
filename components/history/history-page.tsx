"use client";

import { useTranslations } from "use-intl";
import { useConsoleInfo, useTasks } from "@/components/data/queries";
import { useFires } from "@/components/data/schedules";
import { useLive } from "@/components/live/live";
import { LoadFailed } from "@/components/progress/load-failed";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { entriesOf } from "./entries";
import { FilterBar } from "./filter-bar";
import { requestOf, showsFires, useHistoryFilters } from "./filters";
import { HistoryTable } from "./history-table";
import { Pager } from "./pager";

/** All tasks, newest first: filters, table, pages. */
export function HistoryPage() {
  const filters = useHistoryFilters();
  const { state } = useLive();
  const info = useConsoleInfo();
  const today = state?.today ?? info.data?.today ?? null;
  const page = useTasks(requestOf(filters, today));
  const tasks = page.data?.tasks ?? [];
  const withFires = showsFires(filters);
  const read = useFires(withFires);
  const fires = withFires ? (read.data?.fires ?? []) : [];
  const entries = entriesOf(tasks, fires, { isFirst: filters.page.length === 0, isLast: page.data?.next === null });
  return (
    <main id="main" tabIndex={-1} className="flex-1 outline-none 3xl:max-w-[1464px]">
      <FilterBar filters={filters} total={page.data?.total ?? null} isMore={page.data?.total_is_capped ?? false} />
      {page.isError && (
        <div className="border-b border-line px-6 py-4 max-sm:px-4">
          <LoadFailed error={page.error} onRetry={() => void page.refetch()} />
        </div>
      )}
      {page.isPending ? (
        <HistorySkeleton />
      ) : page.data && entries.length === 0 ? (
        <NothingHere filtered={filters.isFiltered} onClear={filters.clear} />
      ) : (
        page.data && (
          <div aria-busy={page.isPlaceholderData} className={page.isPlaceholderData ? "opacity-50" : ""}>
            <HistoryTable entries={entries} today={today} />
          </div>
        )
      )}
      {page.data && (tasks.length > 0 || filters.page.length > 0) && (
        <Pager
          onNewer={filters.page.length > 0 ? filters.newer : null}
          onOlder={page.data.next === null || page.isPlaceholderData ? null : () => filters.older(page.data.next ?? "")}
        />
      )}
    </main>
  );
}

function HistorySkeleton() {
  return (
    <div aria-busy className="px-6 max-sm:px-4">
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} className="flex h-[50px] items-center gap-6 border-b border-line">
          <Skeleton className="h-4 w-16 max-sm:hidden" />
          <Skeleton className="h-8 w-44" />
          <Skeleton className="h-4 w-24 max-sm:hidden" />
          <Skeleton className="h-2 flex-1" />
          <Skeleton className="h-4 w-20 max-sm:hidden" />
        </div>
      ))}
    </div>
  );
}

function NothingHere({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const t = useTranslations(filtered ? "history.noMatch" : "history.empty");
  const history = useTranslations("history");
  return (
    <div className="px-6 py-10 max-sm:px-4">
      <h2 className="[font:var(--t-18)]">{t("title")}</h2>
      <p className="mt-1 mb-4 max-w-[62ch] text-ink-2">{t("text")}</p>
      {filtered ? (
        <Button onPress={onClear}>{history("clear")}</Button>
      ) : (
        <ButtonLink href="/" look="primary">
          {history("empty.start")}
        </ButtonLink>
      )}
    </div>
  );
}
