"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { Section } from "@/components/ui/section";
import type { SyncState } from "@/lib/contract/events";
import type { InstanceSettings, Settings } from "@/lib/contract/settings";
import { InstanceRow } from "./instance-row";
import { HEAD } from "./table-style";

/** The servers on this database: one that ends leaves the list with the next pushed state. */
export function InstancesSection({ settings }: { settings: Settings }) {
  const t = useTranslations("settings.instances");
  const { state, connection } = useLive();
  const instances = withPushed(settings.instances, connection === "live" ? state : null);
  return (
    <Section
      title={t("title")}
      note={settings.database_answers ? t("note", { count: instances.length }) : t("noteAway")}
      className="px-0! pb-0! max-sm:px-0! [&>div]:px-6 max-sm:[&>div]:px-4"
      tight
    >
      <table className="w-full border-collapse max-sm:block">
        <thead className="max-sm:sr-only">
          <tr>
            <th className={HEAD}>{t("name")}</th>
            <th className={HEAD}>{t("lease")}</th>
            <th className={HEAD}>{t("started")}</th>
            <th className={HEAD}>{t("seen")}</th>
            <th className={`${HEAD} text-right!`}>{t("watching")}</th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {instances.map((instance) => (
            <InstanceRow key={instance.id} instance={instance} isThisOne={instance.id === settings.instance_id} />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

/** What was pushed is newer than what was read: who is there, who holds the lease and since when it was renewed. */
export function withPushed(instances: readonly InstanceSettings[], state: SyncState | null): InstanceSettings[] {
  if (!state?.database.ok || state.instances.length === 0) return [...instances];
  const pushed = new Map(state.instances.map((instance) => [instance.id, instance]));
  return instances.flatMap((instance) => {
    const now = pushed.get(instance.id);
    return now ? [{ ...instance, holder: now.holder, renewed_ms_ago: now.renewed_ms_ago }] : [];
  });
}
