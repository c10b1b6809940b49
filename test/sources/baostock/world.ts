import { afterEach, beforeEach, onTestFinished } from "vitest";
import type { Day } from "@/lib/contract/day";
import { type BaostockOptions, createBaostockSource } from "@/server/sources/baostock";
import { createMemoryStage } from "@/server/sources/baostock/memory-stage";
import type { Source } from "@/server/sync/source-ports";
import type { Stage } from "@/server/sync/stage-ports";
import { type FakeBaostock, startFakeBaostock } from "../../support/fake-baostock";
import type { FakeMarket } from "../../support/fake-baostock-market";
import { jumpingClock, NEVER_CLOSED, unwatched } from "../harness";

export const HISTORY = "query_history_k_data_plus";
export const DAY = "2024-01-02";
/** Tuesday to Friday of the week after New Year. */
export const DAYS = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"] as const;

interface Walk {
  stage?: Stage;
  progress?: [number, number | null][];
  betweenRequests?: () => Promise<void>;
}

/** Baostock by its fake, six stocks of which one is suspended, anew for each test of the file. */
export function aBaostock() {
  let fake: FakeBaostock;
  beforeEach(async () => {
    fake = await startFakeBaostock({ stocks: 6, suspended: [1] });
  });
  afterEach(() => fake.close());
  return {
    fake: () => fake,
    /** Another market in its place. */
    async serve(market: FakeMarket): Promise<void> {
      await fake.close();
      fake = await startFakeBaostock(market);
    },
    source(over: Partial<BaostockOptions> = {}): Source {
      const { host, port } = fake;
      const fixed = { clock: jumpingClock(), calendar: NEVER_CLOSED, answerTimeoutMs: 2_000 };
      const source = createBaostockSource({ host, port, ...fixed, ...over });
      onTestFinished(() => source.close?.());
      return source;
    },
  };
}

/** One walk for these days. */
export async function prepare(source: Source, days: readonly Day[], { stage, progress = [], betweenRequests }: Walk = {}) {
  await source.prepare?.(days, {
    signal: unwatched.signal,
    stage: stage ?? createMemoryStage(),
    onProgress: (done, of) => void progress.push([done, of]),
    betweenRequests: betweenRequests ?? (async () => {}),
  });
}
