import { onTestFinished } from "vitest";
import { createNotifier } from "@/server/notify/notifier";
import { createPost } from "@/server/notify/post";
import type { RecordedActivity, TaskRecord } from "@/server/sync/task/task-record";
import { aTask } from "../support/builders";
import { createFakeClock, NOON_MS } from "../support/clock";
import { createFakeLog } from "../support/fakes";
import { until } from "../cli/terminal";
import { aWebhook } from "./webhook";

/** Where the secret of a webhook stands. */
export const PATH = "/services/T000/B000/sEcReT?token=hidden";

export interface Known {
  /** A promise that never settles is a database that does not answer. */
  task?: TaskRecord | null | Promise<never>;
  activity?: RecordedActivity["action"][];
  failedDays?: string[];
}

/** A notifier with a clock of its own before a real webhook. */
export async function aNotifier(answers: Parameters<typeof aWebhook>, known: Known = {}, deadlineMs = 5_000) {
  const webhook = await aWebhook(...answers);
  const clock = createFakeClock();
  const log = createFakeLog();
  const notifier = createNotifier({
    clock,
    log,
    webhook: createPost(webhook.url + PATH, deadlineMs),
    origin: "https://dayfill.example.com",
    zone: "Asia/Shanghai",
    reads: {
      task: async () => known.task ?? null,
      activity: async () => (known.activity ?? []).map((action) => ({ action, by: null, at_ms: NOON_MS, reason: null })),
      failedDays: async () => (known.failedDays ?? []).map((code) => ({ error: { code, params: {} } }) as never),
    },
  });
  onTestFinished(async () => {
    await webhook.close();
    await clock.drive(notifier.stop());
  });
  /** Lets the pauses pass until the log has so many lines. */
  const logged = async (lines: number) => {
    const tick = setInterval(() => void clock.advance(1_000), 5);
    await until(() => log.lines.length >= lines).finally(() => clearInterval(tick));
    return log.lines;
  };
  return { notifier, webhook, clock, log, logged };
}

const error = (code: "timeout" | "source_error") => ({ date: "2024-03-05", code, params: {}, time_ms: NOON_MS }) as const;
/** A task worth a notice. */
export const bad = (over: Partial<TaskRecord> = {}) =>
  aTask({
    status: "completed",
    success: 2,
    failed: 3,
    suspect: 1,
    errors: [error("timeout"), error("source_error"), error("source_error")],
    ...over,
  });
