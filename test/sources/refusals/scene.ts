import { expect } from "vitest";
import { addDays, type Day } from "@/lib/contract/day";
import { dayIn, instantIn } from "@/lib/contract/instant";
import type { DayRecord } from "@/lib/contract/routes";
import type { SourceInfo } from "@/lib/contract/source";
import type { Progress, TaskDay } from "@/lib/contract/task";
import { calendarOf } from "@/server/calendars/registry";
import { say } from "@/server/http/language";
import { momentOf } from "@/server/sync/time/schedule-times";
import { startApp } from "../../support/app";
import { createHastyClock, FOR_HASTY_CLOCK } from "../../support/hasty-clock";
import type { Provider, Words } from "./case";

/** Nine hours after noon every source is expected to have the day. */
const UNTIL_NIGHT_MS = 9 * 3_600_000;
export const LONGER_THAN_ANY_WAIT_MS = 25 * 3_600_000;
const FIRST_TUESDAY: Day = "2024-03-05";
const HEADERS = { en: { "Accept-Language": "en" }, zh: { "Accept-Language": "zh-CN" } } as const;

type ThreeDays = readonly [Day, Day, Day];

interface Begun {
  begin(): Promise<void> | void;
}
interface FailedCase {
  attempts: readonly number[];
  says: Words;
}

export type Scene = Awaited<ReturnType<typeof openScene>>;

/** One instance over one provider, which goes wrong case by case: each case has days of its own. */
export async function openScene(provider: Provider) {
  const calendar = calendarOf(provider.calendar);
  const { zone } = calendar;
  const isOpen = (day: Day) => calendar.closedReason(day) === null;
  // A pause ends by the clock of the database, so that our today lies behind its own.
  let today = addDays(dayIn(zone, Date.now()), 2);
  while (!isOpen(today)) today = addDays(today, 1);
  const noonMs = momentOf(today, "12:00", zone);
  const clock = createHastyClock(noonMs);
  const world = await provider.open();
  const app = await startApp({ env: { ...FOR_HASTY_CLOCK, ...world.env }, clock });

  let tuesday = FIRST_TUESDAY;
  let askedBefore: number | null = null;
  const answers: unknown[] = [];

  function nextDays(): ThreeDays {
    for (;;) {
      const days = [tuesday, addDays(tuesday, 1), addDays(tuesday, 2)] as const;
      tuesday = addDays(tuesday, 7);
      if (days.every(isOpen)) return days;
    }
  }

  async function read<Data>(path: string, headers: Record<string, string> = {}): Promise<Data> {
    const { body } = await app.api<Data>(path, { headers });
    answers.push(body);
    return body.data;
  }

  async function inBoth(ask: (headers: Record<string, string>) => Promise<string>): Promise<Words> {
    const words = { en: await ask(HEADERS.en), zh: await ask(HEADERS.zh) };
    answers.push(words);
    return words;
  }

  const placed = ({ en, zh }: Words, day: Day): Words => {
    const place = world.placeOf?.(day) ?? "";
    return { en: en.replaceAll("{place}", place), zh: zh.replaceAll("{place}", place) };
  };

  const daysOf = async ({ task_id }: Progress) => (await read<{ days: TaskDay[] }>(`/tasks/${task_id}/days`)).days;

  async function stored(): Promise<number> {
    const [row] = await app.ask("SELECT count(*)::int AS n FROM daily_stock_data");
    return Number(row?.["n"]) - wholeBefore;
  }
  let wholeBefore = 0;

  const scene = {
    app,
    today,
    rows: world.rows,
    inBoth,
    placed,
    daysOf,
    /** Rows that the case left in the table. */
    stored,
    heal: () => world.heal(),
    atNoon: () => clock.setWall(noonMs),
    /** Ends what a failed test left behind, so that the next one fails for itself. */
    async tidy(): Promise<void> {
      await world.heal();
      const left = await app.ask("SELECT task_id FROM sync_task WHERE status NOT IN ('completed', 'failed', 'cancelled')");
      for (const { task_id } of left) {
        await app.api(`/sync/batch/${String(task_id)}/cancel`, { method: "POST" });
        await app.settle(String(task_id));
      }
      await this.forget();
      clock.skip(LONGER_THAN_ANY_WAIT_MS);
    },
    /** What was kept of a source that asked to be left alone, as if nobody had heard it. */
    forget: () => app.ask("DELETE FROM sync_closed_source"),
    atNight: () => clock.setWall(noonMs + UNTIL_NIGHT_MS),
    /** So long after noon, as REST writes it. */
    instantIn: (ms: number) => instantIn(zone, noonMs + ms),
    /** Calls since the case began; null where nobody can count them. */
    calls() {
      const asked = world.asked();
      return asked === null || askedBefore === null ? null : asked - askedBefore;
    },

    /** The provider goes wrong; three days that nobody asked for before. */
    async begin(one: Begun): Promise<ThreeDays> {
      wholeBefore = 0;
      wholeBefore = await stored();
      const days = nextDays();
      await world.serve?.(days);
      await one.begin();
      askedBefore = world.asked();
      return days;
    },

    /** For our clocks, and for the one of the database. */
    async timePasses(ms: number): Promise<void> {
      clock.skip(ms);
      await app.ask("UPDATE sync_closed_source SET until = clock_timestamp()");
      await app.ask("UPDATE sync_task SET resume_at = clock_timestamp() WHERE status = 'paused'");
    },

    messageOf: (taskId: string) =>
      inBoth(async (headers) => String((await read<Progress>(`/sync/batch/progress/${taskId}`, headers)).message)),

    /** What the page of the source says of its last call. */
    async saidOfLastCall(): Promise<Words> {
      const error = (await read<SourceInfo>("/source")).last_call?.error;
      const words = (language: "en" | "zh-CN") => say(language, `dayError.${error?.code}`, error?.params);
      return { en: words("en"), zh: words("zh-CN") };
    },

    /** Every day failed, tried so often, and reads as it should, wherever it is read; nothing is stored. */
    async expectFailed(done: Progress, days: readonly Day[], { attempts, says }: FailedCase): Promise<void> {
      expect(done).toMatchObject({ status: "completed", success: 0, failed: days.length, rows: 0 });
      const outcomes = await daysOf(done);
      expect(outcomes.map(({ date, status, attempts: tries }) => [date, status, tries])).toEqual(
        days.map((day, at) => [day, "failed", attempts[at]]),
      );
      // The rest of a task fails with the words of the day that was asked for.
      const isSame = attempts.includes(0);
      for (const language of ["en", "zh"] as const) {
        const expected = days.map((day) => [day, placed(says, isSame ? (days[0] as Day) : day)[language]]);
        const { errors } = await read<Progress>(`/sync/batch/progress/${done.task_id}`, HEADERS[language]);
        expect(errors.map(({ date, error }) => [date, error]).toSorted()).toEqual(expected);
        const [day, sentence] = expected.at(-1) ?? [];
        expect((await read<DayRecord>(`/date/${day}`, HEADERS[language])).error_message).toBe(sentence);
      }
      expect(await stored()).toBe(0);
    },

    /** The provider is well again, and the same days come whole. */
    async healed(days: readonly Day[]): Promise<void> {
      await world.heal();
      const done = await app.sync(days[0] as Day, days.at(-1) as Day);
      expect(done).toMatchObject({ status: "completed", success: days.length, failed: 0, rows: days.length * world.rows });
      expect(await stored()).toBe(days.length * world.rows);
    },

    /** Log, events, tables, receipts and every answer of REST so far. */
    async everythingSaid(): Promise<string> {
      const tasks = await app.ask("SELECT task_id FROM sync_task");
      for (const { task_id } of tasks) {
        for (const path of ["", "/days", "/receipt.json"]) await read(`/tasks/${String(task_id)}${path}`);
      }
      for (const path of ["/source", "/tasks", "/summary", "/settings"]) await read(path);
      const tables = await app.ask(
        `SELECT (SELECT string_agg(t::text, ' ') FROM sync_task t) AS tasks, (SELECT string_agg(d::text, ' ') FROM sync_task_day d) AS days,
           (SELECT string_agg(d::text, ' ') FROM sync_day d) AS ledger, (SELECT string_agg(a::text, ' ') FROM audit_log a) AS audit`,
      );
      const { states, days } = app.events;
      return JSON.stringify([app.log.lines, states, days, tables, answers]);
    },

    async close(): Promise<void> {
      await app.stop();
      await world.close();
    },
  };
  return scene;
}
