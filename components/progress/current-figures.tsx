"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { useServerNow } from "@/components/live/server-now";
import { useFormat } from "@/components/shell/format";
import { Figure, Figures } from "@/components/ui/figures";
import type { Progress } from "@/lib/contract/task";
import { timeLeftOf } from "./eta";
import { Sparkline, useRowsRate } from "./sparkline";

/** Progress, time left, rows stored: three figures and no more. */
export function CurrentFigures({ progress }: { progress: Progress }) {
  const t = useTranslations("progress");
  const format = useFormat();
  const verify = useTranslations("verify");
  const rate = useRowsRate(progress.rows);
  // Nothing comes while it rests: a line at zero would look like a fault.
  const flows = progress.status !== "paused" && progress.status !== "queued";
  return (
    <Figures>
      <Figure
        label={t("progress")}
        value={format.percent(progress.progress_percent)}
        unit="%"
        note={[
          t("daysDone", { current: progress.current, total: progress.total }),
          progress.fetch_days > 0 && t("fetchedDays", { done: progress.success + progress.failed, of: progress.fetch_days }),
        ]
          .filter(Boolean)
          .join(" · ")}
      />
      <TimeLeftFigure progress={progress} />
      <Figure
        label={progress.task_type === "verify" ? verify("rowsCompared") : t("rowsStored")}
        labelEnd={
          !flows || rate.perSecond === null ? null : t("rowsPerSecond", { rows: format.number(Math.round(rate.perSecond)) })
        }
        value={format.number(progress.rows)}
        beside={flows && <Sparkline seconds={rate.seconds} />}
        note={flows ? t("lastMinute") : ""}
      />
    </Figures>
  );
}

const WHY_UNKNOWN = { takeover: "waitsForTakeover", database: "waitsForDatabase", unknown: "etaLater" } as const;
const WHY_NONE = { paused: "goesOnByHand", cancelled: "stops", queued: "waitsItsTurn" } as const;

function TimeLeftFigure({ progress }: { progress: Progress }) {
  const t = useTranslations("progress");
  const life = useTranslations("life.left");
  const waits = useTranslations("waitReason");
  const format = useFormat();
  const now = useServerNow();
  // The range was reckoned when the state was sent; the clock times would wander with a clock that goes on.
  const { state } = useLive();
  const left = timeLeftOf(progress, now, state !== null && !state.database.ok);
  if (left.kind === "range") {
    const { figures, unit } = format.range(left.seconds);
    return (
      <Figure
        label={t("timeLeft")}
        value={figures}
        unit={unit}
        note={state ? t("doneAt", { times: doneBetween(format.timeShort, Date.parse(state.server_time), left.seconds) }) : ""}
      />
    );
  }
  if (left.kind === "waiting") {
    return <Figure label={t("waiting")} value={left.seconds} unit={t("secondsUnit")} note={waits(left.code)} />;
  }
  if (left.kind === "resumes") {
    const note = left.at === null ? life("goesOnNext") : life("goesOnAt", { time: format.moment(left.at, state?.today ?? null) });
    return <Figure label={t("timeLeft")} value="–" note={note} />;
  }
  const why =
    left.kind in WHY_NONE
      ? life(WHY_NONE[left.kind as keyof typeof WHY_NONE])
      : t(WHY_UNKNOWN[left.kind as keyof typeof WHY_UNKNOWN]);
  return <Figure label={t("timeLeft")} value="–" note={why} />;
}

/** `14:12–14:15`, or the one minute. */
function doneBetween(timeShort: (at: number) => string, sentMs: number, [low, high]: [number, number]): string {
  const from = timeShort(sentMs + low * 1000);
  const to = timeShort(sentMs + high * 1000);
  return from === to ? from : `${from}–${to}`;
}
