"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";

const SAID_MS = 2_000;

/** Puts a text on the clipboard and says so for two seconds. `compact` shows the icon alone. */
export function CopyDetails({ text, compact = false }: { text: string; compact?: boolean }) {
  const t = useTranslations("attention");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const icon = copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />;
  const label = copied ? t("copied") : t("copy");
  return compact ? (
    <IconButton label={label} onPress={() => void copy()}>
      {icon}
    </IconButton>
  ) : (
    <Button look="quiet" size="sm" className="sm:-mr-2.5" icon={icon} onPress={() => void copy()}>
      {label}
    </Button>
  );
}
