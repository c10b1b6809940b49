"use client";

import { Download } from "lucide-react";
import { useLocale, useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import type { ButtonSize } from "@/components/ui/button-style";
import { LinkMenu } from "@/components/ui/link-menu";
import { API_BASE } from "@/lib/contract/routes";

/** *Receipt*: all that is known of a task as a file, in the language of the page. */
export function ReceiptMenu({ taskId, size = "md" }: { taskId: string; size?: ButtonSize }) {
  const t = useTranslations("receipt");
  const lang = useLocale();
  const href = (ending: string) => `${API_BASE}/tasks/${encodeURIComponent(taskId)}/receipt.${ending}?lang=${lang}`;
  return (
    <LinkMenu
      label={t("title")}
      trigger={
        <Button size={size} icon={<Download aria-hidden size={14} />}>
          {t("title")}
        </Button>
      }
      links={[
        { href: href("json"), label: t("json"), tail: t("jsonHint"), download: true },
        { href: href("csv"), label: t("csv"), tail: t("csvHint"), download: true },
      ]}
    />
  );
}
