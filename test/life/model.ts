import fc from "fast-check";
import { expect } from "vitest";
import type { Ask } from "../support/ask";
import { fillDisk } from "../support/full-disk";
import { halfDays, idleInTransaction, wrongAudit, wrongCounts } from "../support/invariants";
import { brokenRules, illegalSteps, readHistory, type Touch } from "../support/task-history";
import { type Api, type Deed, makeRoom, taskFor, tryCommand, tryRetry, tryStart } from "./deeds";

const OPEN = "('running', 'pausing', 'cancelling', 'interrupted', 'queued')";
const BY_SYSTEM = "status = 'paused' AND pause_reason IS DISTINCT FROM 'person'";

export interface Model {
  ask: Ask;
  api(at: number): Api;
  /** What befalls an instance, or the lease. */
  mishap(deed: Extract<Deed, { do: "replace" | "kill" | "rob" }>): Promise<void>;
  aDeed: fc.Arbitrary<Deed>;
  /** Stretches of so many deeds, each of which ends in quiet. */
  stretches: number;
  deedsEach: number;
  /** Where nothing at all has happened for so long, nothing ever will. */
  stuckAfterMs: number;
  /** Rows of a whole day. */
  symbols: number;
  /** True where `makeDisk` gave the database a disk that can be full. */
  hasDisk?: boolean;
}

/** Does random things to instances on one database and looks whenever all is quiet; in the end every paused task goes on. */
export async function liveThrough(model: Model): Promise<void> {
  const { ask, api } = model;
  const touches: Touch[] = [];

  /** Does it, and says what was wrong with the answer, or null. */
  async function carryOut(deed: Deed): Promise<string | null> {
    switch (deed.do) {
      case "wait":
        await new Promise((resolve) => setTimeout(resolve, deed.ms));
        return null;
      case "replace":
      case "kill":
      case "rob":
        await model.mishap(deed);
        return null;
      case "fill":
        await fillDisk(ask);
        return null;
      case "makeRoom":
        await makeRoom(ask);
        return null;
      case "start":
      case "queue":
        return tryStart(api(deed.at), deed);
      default: {
        const taskId = await taskFor(ask, deed.whom);
        if (!taskId) return null;
        const from = Date.now() - 1;
        const wrong = await (deed.do === "retry" ? tryRetry(api(deed.at), taskId) : tryCommand(api(deed.at), ask, deed, taskId));
        touches.push({ task_id: taskId, from, to: Date.now() + 1 });
        return wrong;
      }
    }
  }

  /** Makes room, and waits until nothing runs and nothing waits any more but for a person. */
  async function quiet(): Promise<void> {
    let [until, last] = [performance.now() + model.stuckAfterMs, ""];
    for (;;) {
      if (model.hasDisk) await makeRoom(ask);
      const open = await ask(`SELECT task_id, status, crashes FROM sync_task WHERE status IN ${OPEN} OR (${BY_SYSTEM})`);
      if (open.length === 0) return;
      const [seen] = await ask(
        `SELECT (SELECT max(id) FROM test_history) AS steps, (SELECT sum(success + skipped + failed) FROM sync_task) AS days`,
      );
      const now = JSON.stringify(seen);
      if (now !== last) [until, last] = [performance.now() + model.stuckAfterMs, now];
      if (performance.now() > until) throw new Error(`stuck: ${JSON.stringify(open)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const seed = Number(process.env["MODEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.info(`model test, MODEL_SEED=${seed}`);
  const { deedsEach, stretches } = model;
  const stretch = fc.asyncProperty(fc.array(model.aDeed, { minLength: deedsEach, maxLength: deedsEach }), async (deeds) => {
    for (const deed of deeds) {
      const wrong = await carryOut(deed);
      if (wrong) throw new Error(`${JSON.stringify(deed)}: ${wrong}`);
    }
    await quiet();
    await allIsWell(model, touches);
  });
  // Without shrinking: time is part of the story, and a shorter one is another.
  await fc.assert(stretch, { seed, numRuns: stretches, endOnFailure: true });

  for (const { task_id } of await ask("SELECT task_id FROM sync_task WHERE status = 'paused'"))
    await api(0)(`/sync/batch/${String(task_id)}/resume`, { method: "POST" });
  await quiet();
  await allIsWell(model, touches);
  expect(await ask("SELECT count(*)::int AS open FROM sync_task WHERE finished_at IS NULL")).toEqual([{ open: 0 }]);
  const bySystem = (await readHistory(ask)).filter(({ before, after }) => before === "running" && after === "paused").length;
  console.info(`model test, ${bySystem} pauses by the system`);
}

/** What must hold whenever all is quiet. */
async function allIsWell({ ask, symbols }: Model, touches: readonly Touch[]): Promise<void> {
  const history = await readHistory(ask);
  expect(illegalSteps(history)).toEqual([]);
  expect(brokenRules(history, touches)).toEqual([]);
  expect(await ask("SELECT holder, task_id FROM sync_lease")).toEqual([{ holder: null, task_id: null }]);
  // Whoever runs, waits or has ended is not paused by the system any more.
  expect(
    await ask(
      "SELECT task_id FROM sync_task WHERE status NOT IN ('paused', 'cancelled') AND (pause_reason <> 'person' OR resume_at IS NOT NULL)",
    ),
  ).toEqual([]);
  expect(await halfDays(ask, symbols)).toEqual([]);
  expect(await wrongCounts(ask, "all")).toEqual([]);
  expect(await ask("SELECT task_id FROM sync_task WHERE failed > 0")).toEqual([]);
  expect(await wrongAudit(ask)).toEqual([]);
  // An instance that looks for work is between two statements for a moment; one that is stuck stays there.
  await expect.poll(() => idleInTransaction(ask, 0), { timeout: 60_000 }).toEqual([]);
}
