import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { TASK_STATUSES, type TaskStatus } from "@/lib/contract/task";
import { afterCommand, type TaskCommand } from "@/lib/contract/task-rules";
import { type Bench, completed, newTask, openBench, runningTask } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const COMMANDS = ["cancel", "pause", "resume"] as const;
const ACTION = { cancel: "cancelled", pause: "paused", resume: "resumed" };
const FINAL = "('cancelled', 'completed', 'failed')";
const CASES = TASK_STATUSES.flatMap((status) => COMMANDS.map((command) => [command, status] as const));

/** Puts a task of this status into the table, past all rules. */
async function aTaskThatIs(status: TaskStatus, id = "t"): Promise<void> {
  await bench.ask(
    `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint, finished_at)
     VALUES ($1, 'web_batch', $2::text, '2024-01-02', '2024-01-02', 1, '{}', 'files', 'x', CASE WHEN $2::text IN ${FINAL} THEN clock_timestamp() END)`,
    [id, status],
  );
}
const audit = () => bench.ask("SELECT task_id, action, actor FROM audit_log ORDER BY id");
const whole = async () => (await bench.ask("SELECT * FROM sync_task WHERE task_id = 't'"))[0];

describe("a command", () => {
  test.each(CASES)(
    "%s of a %s task does what the rules say, with one line in the audit log",
    async (command: TaskCommand, status) => {
      await aTaskThatIs(status);
      const before = await whole();
      const result = await bench.instance().commands.command("t", command, "李雷");
      const after = afterCommand(command, status);
      if (after === null || after === "same") {
        expect(result).toMatchObject({ kind: after === null ? "illegal" : "done", task: { status } });
        expect(await whole()).toEqual(before);
        return expect(await audit()).toEqual([]);
      }
      expect(result).toMatchObject({ kind: "done", task: { status: after, seq: 1 } });
      expect(await whole()).toMatchObject({
        status: after,
        cancelled_by: command === "cancel" ? "李雷" : null,
        paused_by: command === "pause" ? "李雷" : null,
        finished_at: after === "cancelled" ? expect.any(Date) : null,
      });
      expect(await audit()).toEqual([{ task_id: "t", action: ACTION[command], actor: "李雷" }]);
    },
  );

  test.each(TASK_STATUSES)("a new priority or a removal is for waiting tasks only: %s", async (status) => {
    await aTaskThatIs(status);
    const { commands } = bench.instance();
    const kind = status === "queued" ? "done" : "illegal";
    expect(await commands.reprioritise("t", 9, "ann")).toMatchObject({ kind, task: { priority: status === "queued" ? 9 : 5 } });
    expect(await commands.dequeue("t", "bob")).toMatchObject({
      kind,
      task: { status: status === "queued" ? "cancelled" : status },
    });
    const lines = [
      { task_id: "t", action: "priority_changed", actor: "ann" },
      { task_id: "t", action: "cancelled", actor: "bob" },
    ];
    expect(await audit()).toEqual(status === "queued" ? lines : []);
  });

  test("for nobody is unknown and writes nothing", async () => {
    const { commands } = bench.instance();
    for (const command of COMMANDS) expect(await commands.command("nobody", command, null)).toEqual({ kind: "unknown" });
    expect(await commands.dequeue("nobody", null)).toEqual({ kind: "unknown" });
    expect(await audit()).toEqual([]);
  });

  test("from ten people at once has one winner; the others find it on its way", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const { commands } = bench.instance();
    const results = await Promise.all(Array.from({ length: 10 }, (_, n) => commands.command(run.taskId, "cancel", `p${n}`)));
    expect(results.every((result) => result.kind === "done")).toBe(true);
    expect((await audit()).filter((line) => line["action"] === "cancelled")).toHaveLength(1);
  });

  test("is what the holder sees when it looks", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    expect(await run.session.wish(run.taskId)).toEqual({ wish: "run", by: null });
    await run.commands.command(run.taskId, "pause", "ann");
    expect(await run.session.wish(run.taskId)).toEqual({ wish: "pause", by: "ann" });
    await run.commands.command(run.taskId, "cancel", "bob");
    expect(await run.session.wish(run.taskId)).toEqual({ wish: "cancel", by: "bob" });
  });
});

describe("the end of a run", () => {
  test("that was paused is not the end of the task, and frees the lease", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-03");
    await run.commands.command(run.taskId, "pause", "ann");
    const { task } = await run.session.finish(run.taskId, { ...completed, status: "paused" });
    expect(task).toMatchObject({ status: "paused", finished_ms: null, paused_by: "ann", pause_reason: "person" });
    expect(await bench.instance().lease.claimNew(newTask("2024-01-03", "2024-01-03"))).toMatchObject({ kind: "claimed" });
  });

  test("that was being paused when a cancel came is the cancel's", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-03");
    await run.commands.command(run.taskId, "pause", null);
    await run.commands.command(run.taskId, "cancel", null);
    const { task } = await run.session.finish(run.taskId, { ...completed, status: "paused" });
    expect(task).toMatchObject({ status: "cancelled", finished_ms: expect.any(Number) });
  });

  test.each([
    ["cancel", "cancelled"],
    ["pause", "paused"],
  ] as const)("of a dead holder: what was asked for (%s) comes true, and is not taken over", async (command, status) => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-03");
    await run.commands.command(run.taskId, command, "ann");
    await bench.expire();
    expect(await bench.instance().lease.claimNext()).toBeNull();
    expect(await bench.ask("SELECT status, takeovers, finished_at IS NULL AS open FROM sync_task")).toEqual([
      { status, takeovers: 1, open: status === "paused" },
    ]);
    expect(await bench.ask("SELECT holder, task_id FROM sync_lease")).toEqual([{ holder: null, task_id: null }]);
    expect((await audit()).map((line) => line["action"])).toEqual(["started", status]);
    expect(await bench.instance().lease.claimNew(newTask("2024-01-03", "2024-01-03"))).toMatchObject({ kind: "claimed" });
  });

  test.each([
    ["cancel", "cancelled"],
    ["pause", "paused"],
  ] as const)("by a clean stop: what was asked for (%s) comes true as well", async (command, status) => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-03");
    await run.commands.command(run.taskId, command, null);
    await run.lease.interrupt(run.taskId, run.epoch);
    expect(await bench.ask("SELECT status FROM sync_task")).toEqual([{ status }]);
    expect((await audit()).map((line) => line["action"])).toEqual(["started", status]);
  });

  test("a life is told line by line, with the names of those who acted", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-03");
    await run.lease.interrupt(run.taskId, run.epoch);
    const next = bench.instance();
    const taken = await next.lease.claimNext();
    await next.commands.command(run.taskId, "pause", "ann");
    await next.session(taken?.epoch ?? 0).finish(run.taskId, { ...completed, status: "paused" });
    await next.commands.command(run.taskId, "resume", "bob");
    await next.commands.reprioritise(run.taskId, 7, "bob");
    await next.commands.command(run.taskId, "cancel", "cat");
    expect((await audit()).map((line) => [line["action"], line["actor"]])).toEqual([
      ["started", null],
      ["interrupted", null],
      ["taken_over", null],
      ["paused", "ann"],
      ["resumed", "bob"],
      ["priority_changed", "bob"],
      ["cancelled", "cat"],
    ]);
  });
});
