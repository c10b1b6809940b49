"use client";

import { CirclePause, Ellipsis } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import { DayIcon } from "@/components/day/icon";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { ActionMenu } from "@/components/ui/action-menu";
import { IconButton } from "@/components/ui/icon-button";
import { TextLink } from "@/components/ui/link";
import { Sentence } from "@/components/ui/sentence";
import type { Progress } from "@/lib/contract/task";
import { LifeButtons } from "./life-buttons";
import { useLife } from "./use-life";

const PRIORITIES = ["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"] as const;
type Priority = (typeof PRIORITIES)[number];

/** A task that waits: range, who, how many days, priority, and what can be done with it. */
export function QueueLine({ task, place }: { task: Progress; place: number }) {
  const t = useTranslations("queue");
  const format = useFormat();
  const life = useLife();
  const who = useWho();
  const { state, connection } = useLive();
  const shown = life.shown(task);
  const range = format.days(task.start_date, task.end_date);
  const goesOn = task.start_time !== null;
  const tails: Partial<Record<Priority, string>> = { 9: t("first"), 5: t("standard"), 0: t("last") };
  return (
    <Line
      icon={<DayIcon look="queued" className="mt-[3px]" />}
      task={task}
      name={t("place", { place, range })}
      facts={[
        who(task),
        t("days", { count: task.total }),
        shown.status === "cancelled" ? t("leaving") : goesOn ? t("goesOn") : t("priority", { priority: task.priority }),
      ]}
      end={
        <ActionMenu<Priority>
          label={t("actionsOf", { range })}
          trigger={
            <IconButton
              label={t("actionsOf", { range })}
              isDisabled={connection === "reconnecting" || state?.database.ok === false || shown.status !== "queued"}
            >
              <Ellipsis size={16} strokeWidth={1.75} aria-hidden />
            </IconButton>
          }
          actions={[{ id: "remove", label: t("remove"), onPress: () => life.cancel(task) }]}
          choice={{
            label: t("priorityHead"),
            value: String(task.priority) as Priority,
            choices: PRIORITIES.map((value) => {
              const tail = tails[value];
              return { value, label: value, ...(tail ? { tail } : {}) };
            }),
            onChoose: (value) => life.setPriority(task, Number(value)),
          }}
        />
      }
    />
  );
}

/** A paused task: it holds nothing up, and goes on when somebody says so, or at its time. */
export function PausedLine({ task, isHead }: { task: Progress; isHead: boolean }) {
  const t = useTranslations("queue");
  const format = useFormat();
  const who = useWho();
  const { state } = useLive();
  const at = task.pause?.resume_at ?? null;
  const goesOn = at === null ? [] : [t("goesOnAt", { time: format.moment(at, state?.today ?? null) })];
  return (
    <Line
      icon={<CirclePause aria-hidden size={14} strokeWidth={2} className="mt-[3px] shrink-0 text-ink-2" />}
      task={task}
      name={format.days(task.start_date, task.end_date)}
      facts={[who(task), t("done", { percent: format.percent(task.progress_percent) }), ...goesOn]}
      below={isHead ? null : <LifeButtons task={task} />}
    />
  );
}

/** Who asked for a task; a task nobody asked for goes by its type. */
function useWho(): (task: Progress) => string {
  const history = useTranslations("history");
  const types = useTranslations("taskType");
  return (task) => task.started_by ?? (task.task_type === "web_batch" ? history("someone") : types(task.task_type));
}

interface LineProps {
  icon: ReactNode;
  task: Progress;
  name: string;
  facts: string[];
  end?: ReactNode;
  below?: ReactNode;
}

function Line({ icon, task, name, facts, end, below }: LineProps) {
  const format = useFormat();
  return (
    <li className="grid grid-cols-[14px_minmax(0,1fr)_auto] items-start gap-x-2.5">
      {icon}
      <div className="min-w-0">
        <TextLink
          href={`/history/${task.task_id}`}
          aria-label={name}
          className="font-semibold whitespace-nowrap decoration-transparent hover:decoration-current"
        >
          {format.days(task.start_date, task.end_date)}
        </TextLink>
        <div className="text-ink-3 [overflow-wrap:anywhere]">
          {facts.map((fact, at) => (
            <Fragment key={fact}>
              {at > 0 ? " · " : null}
              <span className="inline-block">
                <Sentence>{fact}</Sentence>
              </span>
            </Fragment>
          ))}
        </div>
        {below ? <div className="mt-1.5">{below}</div> : null}
      </div>
      {end}
    </li>
  );
}
