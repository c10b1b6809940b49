"use client";

import { useTranslations } from "use-intl";

import { LoadFailed } from "@/components/progress/load-failed";
import { Skeleton } from "@/components/ui/skeleton";
import { ConfigurationSection } from "./configuration-section";
import { DatabaseSection } from "./database-section";
import { InstancesSection } from "./instances-section";
import { SourcePanel } from "./source-panel";
import { useFreshSettings } from "./use-fresh-settings";
import { VersionSection } from "./version-section";

/** Who serves, from what and with which configuration. What the database alone knows is missing while it is away. */
export function SettingsPage() {
  const read = useFreshSettings();
  const settings = read.data;
  return (
    <main id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none">
      {read.isError && (
        <div className="border-b border-line px-6 py-4 max-sm:px-4">
          <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
        </div>
      )}
      {read.isPending ? <SettingsSkeleton /> : null}
      {settings ? (
        <div className="grid flex-1 grid-cols-[minmax(0,1fr)_var(--w-side)] xl:grid-rows-[auto_1fr] max-xl:grid-cols-1 3xl:grid-cols-[minmax(0,1120px)_var(--w-side)]">
          <div className="min-w-0">
            <SourcePanel />
            <InstancesSection settings={settings} />
          </div>
          <aside className="border-l border-line xl:row-span-2 max-xl:border-l-0 max-xl:border-b sm:max-xl:grid sm:max-xl:grid-cols-2 sm:max-xl:*:border-b-0 sm:max-xl:*:first:row-span-2 3xl:border-r">
            <DatabaseSection settings={settings} />
            <VersionSection settings={settings} />
          </aside>
          {/* The longest part comes last, also where there is one column. */}
          <div className="min-w-0">
            <ConfigurationSection configuration={settings.configuration} />
          </div>
        </div>
      ) : null}
    </main>
  );
}

function SettingsSkeleton() {
  const t = useTranslations("settings");
  return (
    <div aria-busy role="status" aria-label={t("loading")} className="grid gap-6 px-6 py-5 max-sm:p-4">
      <Skeleton className="h-5 w-32" />
      <Skeleton className="h-20" />
      <Skeleton className="h-5 w-40" />
      <Skeleton className="h-64" />
    </div>
  );
}
