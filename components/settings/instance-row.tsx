"use client";

import { KeyRound } from "lucide-react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { useServerNow } from "@/components/live/server-now";
import { useFormat } from "@/components/shell/format";
import type { InstanceSettings } from "@/lib/contract/settings";
import { CELL } from "./table-style";

/** One server: name and address, whether it holds the lease, since when it runs, when it was last heard of. */
export function InstanceRow({ instance, isThisOne }: { instance: InstanceSettings; isThisOne: boolean }) {
  const t = useTranslations("settings.instances");
  const format = useFormat();
  const { state } = useLive();
  const now = useServerNow();
  const seenMs = now === null ? null : Math.max(0, now - Date.parse(instance.seen_at));
  const lease = instance.holder
    ? t("holds", { known: String(instance.renewed_ms_ago !== null), time: format.ago(instance.renewed_ms_ago ?? 0) })
    : t("holdsNot");
  return (
    <tr className="max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-3 max-sm:border-b max-sm:border-line max-sm:px-4 max-sm:py-2.5 max-sm:last:border-b-0">
      <th scope="row" className={`${CELL} text-left font-normal`}>
        <span className="font-medium wrap-anywhere">{instance.name}</span>
        {isThisOne ? <span className="text-ink-2"> · {t("thisOne")}</span> : null}
        <span className="block text-ink-3 [font:var(--t-12)]">
          {t("addressVersion", { address: instance.address, version: instance.version })}
        </span>
      </th>
      <td className={`${CELL} max-sm:text-right`}>
        <span className={`inline-flex items-center gap-1.5 ${instance.holder ? "" : "text-ink-3"}`}>
          {instance.holder ? <KeyRound aria-hidden size={14} strokeWidth={1.75} className="shrink-0" /> : null}
          <span className="text-ink-2 sm:hidden">{t("lease")}</span>
          {lease}
        </span>
      </td>
      <td className={`${CELL} whitespace-nowrap`}>
        <span className="text-ink-2 sm:hidden">{t("started")} </span>
        <time dateTime={instance.started_at}>{format.moment(instance.started_at, state?.today ?? null)}</time>
      </td>
      <td className={`${CELL} whitespace-nowrap max-sm:text-right`}>
        <span className="text-ink-2 sm:hidden">{t("seen")} </span>
        {seenMs === null ? "–" : t("ago", { time: format.duration(Math.round(seenMs / 1000)) })}
      </td>
      <td className={`${CELL} text-right max-sm:text-left`}>
        <span className="text-ink-2 sm:hidden">{t("watching")} </span>
        {format.number(instance.watching)}
      </td>
    </tr>
  );
}
