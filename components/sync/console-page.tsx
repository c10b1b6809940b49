"use client";

import type { ReactNode } from "react";
import { useConsoleInfo } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { NextScheduled } from "@/components/schedule/next-scheduled";
import { usePaused } from "@/components/live/use-paused";
import { FirstRun } from "./first-run";
import { Health } from "./health";
import { QueueSection } from "./queue-section";
import { StartForm } from "./start-form";

interface ConsolePageProps {
  /** The running task or the last result; gives way to the first steps while the table is empty. */
  now: ReactNode;
  attention: ReactNode;
  coverage: ReactNode;
  activity: ReactNode;
}

/** Lays out the console: what happens now at the left, what one can start at the right. */
export function ConsolePage({ now, attention, coverage, activity }: ConsolePageProps) {
  const info = useConsoleInfo().data;
  const { state } = useLive();
  const paused = usePaused();
  const isFirstRun =
    info?.first_day === null && state !== null && state.current === null && state.last === null && paused.length === 0;
  return (
    <div className="grid flex-1 grid-cols-[minmax(0,1fr)_var(--w-side)] max-xl:grid-cols-1 max-xl:content-start 3xl:grid-cols-[minmax(0,1120px)_var(--w-side)]">
      <main id="main" tabIndex={-1} className="min-w-0 outline-none">
        {isFirstRun && info ? <FirstRun info={info} /> : now}
        {isFirstRun ? null : attention}
        {coverage}
        {isFirstRun ? null : activity}
      </main>
      <aside className="min-w-0 border-l border-line max-xl:border-l-0 3xl:border-r">
        <StartForm isFirstRun={isFirstRun} />
        <QueueSection />
        <NextScheduled />
        <Health />
      </aside>
    </div>
  );
}
