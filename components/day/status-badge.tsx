"use client";

import clsx from "clsx";
import { CirclePause, Hand, LoaderCircle, type LucideIcon, Square } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { TaskStatus } from "@/lib/contract/task";
import { DayIcon } from "./icon";
import type { DayLook } from "./look";

/** Sign of a task's status: that of a day where one fits, an ink icon otherwise (colour means the state of a day). */
const SIGN: Record<TaskStatus, { look: DayLook } | { icon: LucideIcon; spins?: boolean }> = {
  queued: { look: "queued" },
  running: { look: "running" },
  pausing: { icon: LoaderCircle, spins: true },
  paused: { icon: CirclePause },
  cancelling: { icon: LoaderCircle, spins: true },
  cancelled: { icon: Square },
  interrupted: { icon: Hand },
  completed: { look: "complete" },
  failed: { look: "failed" },
};

/** Icon and word of a task's status. `children` replaces the word ("Syncing 2025-10-22"). */
export function StatusBadge({ status, children, quiet = false }: { status: TaskStatus; children?: ReactNode; quiet?: boolean }) {
  const t = useTranslations("status");
  return (
    <span className={clsx("inline-flex items-center gap-1.5 whitespace-nowrap", quiet ? "font-medium" : "font-semibold")}>
      <StatusIcon status={status} />
      <span>{children ?? t(status)}</span>
    </span>
  );
}

/** The sign of a task's status alone. */
export function StatusIcon({ status, className }: { status: TaskStatus; className?: string }) {
  const sign = SIGN[status];
  if ("look" in sign) return <DayIcon look={sign.look} className={className} />;
  return (
    <sign.icon
      aria-hidden
      size={14}
      strokeWidth={2}
      className={clsx("shrink-0 text-ink-2", sign.spins && "day-spin", className)}
    />
  );
}

/** Icon and word of a day's state. */
export function LookBadge({ look, children }: { look: DayLook; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap font-semibold">
      <DayIcon look={look} />
      <span>{children}</span>
    </span>
  );
}
