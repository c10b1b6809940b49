import type { CoverageChanged, SyncDays, SyncState } from "@/lib/contract/events";
import { API_BASE, type Started } from "@/lib/contract/routes";
import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { compose, type Composition, type Parts } from "@/server/compose";
import { readConfig } from "@/server/config/read-config";
import type { Broadcast } from "@/server/realtime/socket-server";
import type { Clock } from "@/server/sync/ports";
import { type Call, type Reply, replyOf, requestOf } from "./api-call";
import { type Ask, sqlOn } from "./ask";
import { createFakeLog } from "./fakes";
import { freshDatabase } from "./postgres";

/** Small and quick: fifty symbols a day. The rest as the server would have it. */
const STANDARD = {
  PORT: "0",
  SOURCE: "sample",
  SAMPLE_SYMBOLS: "50",
  LEASE_TTL_MS: "15000",
  DAY_TIMEOUT_MS: "60000",
  SCHEDULE_ENABLED: "false",
};

export interface AppOptions {
  /** Variables of the environment over the standard ones. */
  env?: Record<string, string>;
  /** The database of another app or test; without it a fresh one, dropped with the app. */
  databaseUrl?: string;
  /** Instead of the recorder in `events`. */
  broadcast?: Broadcast;
  /** Instead of the real time. */
  clock?: Clock;
  /** Instead of the registry's. */
  sourceOf?: Parts["sourceOf"];
  /** False: the database is not prepared before this returns; call `composition.open()`. */
  open?: boolean;
}

export type App = Awaited<ReturnType<typeof startApp>>;

/** One instance of the real thing on a real PostgreSQL, without a port: REST by `api`, watchers by `events`. */
export async function startApp(options: AppOptions = {}) {
  const database = options.databaseUrl ? { url: options.databaseUrl, drop: async () => {} } : await freshDatabase();
  const databaseUrl = database.url;
  const config = readConfig({ ...STANDARD, ...options.env, DATABASE_URL: databaseUrl });
  const events = { states: [] as SyncState[], days: [] as SyncDays[], coverage: [] as CoverageChanged[], schedules: 0 };
  const recorder: Broadcast = {
    state: (state) => void events.states.push(state),
    days: (days) => void events.days.push(days),
    coverage: (range) => void events.coverage.push(range),
    schedule: () => void (events.schedules += 1),
    watching: () => 0,
  };
  const log = createFakeLog();
  const composition: Composition = compose({
    config,
    version: "0.0.0-test",
    connection: { connectionString: databaseUrl },
    embedded: false,
    log,
    broadcast: options.broadcast ?? recorder,
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.sourceOf ? { sourceOf: options.sourceOf } : {}),
  });
  if (options.open !== false) await composition.open();
  const { http } = composition;

  async function api<Data = unknown>(path: string, call: Call = {}): Promise<Reply<Data>> {
    const asked = path.startsWith("/api") || path.endsWith("z") ? path : `${API_BASE}${path}`;
    return replyOf(await http.request(asked, requestOf(call)));
  }

  /** Polls the progress of a task, as this instance tells it, until it is as wanted. */
  async function progressWhen(taskId: string, wanted: (progress: Progress) => boolean): Promise<Progress> {
    for (;;) {
      const { body } = await api<Progress>(`/sync/batch/progress/${taskId}`);
      if (body.data && wanted(body.data)) return body.data;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until nothing more will happen to the task. */
  const settle = (taskId: string) => progressWhen(taskId, ({ status }) => isFinal(status));

  /** Asks the database past the app, as an operator with psql would. */
  const ask: Ask = (sql) => sqlOn(databaseUrl, sql);

  return {
    http,
    api,
    ask,
    progressWhen,
    settle,
    events,
    log,
    databaseUrl,
    composition,
    /** Starts a range and says which task it became. */
    async start(start_date: string, end_date: string, more: object = {}): Promise<string> {
      const { status, body } = await api<Started>("/sync/batch", { body: { start_date, end_date, ...more } });
      if (status !== 202) throw new Error(`the start was refused: ${JSON.stringify(body)}`);
      return body.data.task_id;
    },
    /** Starts a range and waits for its end. */
    async sync(start_date: string, end_date: string, more: object = {}): Promise<Progress> {
      return settle(await this.start(start_date, end_date, more));
    },
    async stop(): Promise<void> {
      await composition.stopWork();
      await composition.closePools();
      await database.drop();
    },
  };
}
