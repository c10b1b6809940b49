"use client";

import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import { Section } from "@/components/ui/section";
import type { Settings } from "@/lib/contract/settings";
import { bytesParts } from "./bytes-parts";
import { Fact, Facts } from "./facts";

/** Which PostgreSQL, how it is reached, and how much of the market it holds. */
export function DatabaseSection({ settings }: { settings: Settings }) {
  const t = useTranslations("settings.database");
  const format = useFormat();
  const { database, database_answers } = settings;
  const unknown = database_answers ? "–" : t("unknown");
  return (
    <Section pane="side" title={t("title")} note={database_answers ? null : t("away")}>
      <Facts>
        <Fact term={t("server")}>{database.version ? t("version", { version: database.version }) : unknown}</Fact>
        <Fact term={t("where")} note={database.name ? t("name", { name: database.name }) : null}>
          {database.embedded ? t("embedded") : (database.address ?? unknown)}
        </Fact>
        <Fact term={t("pooler")} note={database.pooler === "session_pooler" ? t("poolerNote") : null}>
          {database.pooler ? t(`pooled.${database.pooler}`) : t("notAsked")}
        </Fact>
        <Fact term={t("roundTrip")}>
          {database.round_trip_ms === null ? unknown : t("milliseconds", { ms: database.round_trip_ms })}
        </Fact>
        <Fact term={t("table")} note={table()}>
          <code className="wrap-anywhere">{database.table?.name ?? "daily_stock_data"}</code>
        </Fact>
        <Fact term={t("migrations")} note={database.migrations ? t("latest", { name: database.migrations.latest }) : null}>
          {database.migrations ? t("applied", { count: database.migrations.applied }) : unknown}
        </Fact>
      </Facts>
    </Section>
  );

  function table(): string | null {
    if (!database.table) return database_answers ? null : unknown;
    const { figure, unit } = bytesParts(database.table.bytes);
    return t("size", { rows: format.number(database.table.rows_estimate), bytes: `${figure} ${unit}` });
  }
}
