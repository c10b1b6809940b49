"use client";

import { useEffect, useState } from "react";
import { useLive } from "@/components/live/live";
import { useBrowserNow } from "@/components/live/server-now";
import { addSample, rowsPerSecond, type Sample, sparkPath, sparkSeconds } from "./rate";

/** Rows a second as this page saw them come; give the panel a `key` per task, so that a new task starts empty. */
export function useRowsRate(rows: number): { perSecond: number | null; seconds: (number | null)[] } {
  const [samples, setSamples] = useState<Sample[]>([]);
  const { connection, shownSince } = useLive();
  const clock = useBrowserNow(1000);
  // Cut off, the line stands still: a fall to zero would say that the sync has stopped.
  const now = connection === "reconnecting" && clock !== null ? shownSince : clock;
  useEffect(() => {
    setSamples((held) => addSample(held, { atMs: Date.now(), rows }));
  }, [rows]);
  if (now === null) return { perSecond: null, seconds: [] };
  return { perSecond: rowsPerSecond(samples, now), seconds: sparkSeconds(samples, now) };
}

const WIDTH = 180;
const HEIGHT = 32;

/** The last 60 seconds as a line. Decoration: the figure beside it says the same. */
export function Sparkline({ seconds }: { seconds: readonly (number | null)[] }) {
  const path = sparkPath(seconds, WIDTH, HEIGHT);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none" aria-hidden className="block">
      <path d={`M0 ${HEIGHT - 1}H${WIDTH}`} stroke="var(--line-2)" vectorEffect="non-scaling-stroke" />
      {path && (
        <path
          d={path}
          fill="none"
          stroke="var(--ink-2)"
          strokeWidth={1.25}
          vectorEffect="non-scaling-stroke"
          strokeLinejoin="round"
        />
      )}
    </svg>
  );
}
