import { describe, expect, test } from "vitest";
import { TASK_STATUSES, type TaskStatus } from "@/lib/contract/task";
import { afterCommand, canDo, isBusy, isFinal, type TaskCommand } from "@/lib/contract/task-rules";

/** Row by row what becomes of a task when it is told to; `-` = that cannot be. */
const TABLE: Record<TaskStatus, Record<TaskCommand, TaskStatus | "same" | "-">> = {
  queued: { cancel: "cancelled", pause: "-", resume: "-" },
  running: { cancel: "cancelling", pause: "pausing", resume: "-" },
  pausing: { cancel: "cancelling", pause: "same", resume: "-" },
  paused: { cancel: "cancelled", pause: "-", resume: "queued" },
  cancelling: { cancel: "same", pause: "-", resume: "-" },
  cancelled: { cancel: "-", pause: "-", resume: "-" },
  interrupted: { cancel: "cancelled", pause: "-", resume: "-" },
  completed: { cancel: "-", pause: "-", resume: "-" },
  failed: { cancel: "-", pause: "-", resume: "-" },
};
const CASES = TASK_STATUSES.flatMap((status) =>
  (["cancel", "pause", "resume"] as const).map((command) => [command, status, TABLE[status][command]] as const),
);

describe("what people may ask of a task", () => {
  test.each(CASES)("%s of a %s task: %s", (command, status, after) => {
    expect(afterCommand(command, status)).toBe(after === "-" ? null : after);
    expect(canDo(command, status)).toBe(after !== "-" && after !== "same");
  });
  test("a final task takes no command, and every other one can be cancelled", () => {
    for (const status of TASK_STATUSES) {
      const commands = (["cancel", "pause", "resume"] as const).map((command) => afterCommand(command, status));
      if (isFinal(status)) expect(commands).toEqual([null, null, null]);
      else expect(commands[0]).not.toBeNull();
    }
  });
  test("no command makes a task run, fail or complete: only the holder does", () => {
    const reached = new Set(CASES.map(([, , after]) => after));
    for (const status of ["running", "completed", "failed", "paused", "interrupted"] as const)
      expect(reached.has(status)).toBe(false);
  });
  test("a task that is asked to end keeps the others waiting until it has ended", () => {
    expect(TASK_STATUSES.filter(isBusy)).toEqual(["running", "pausing", "cancelling", "interrupted"]);
    expect(TASK_STATUSES.filter(isFinal)).toEqual(["cancelled", "completed", "failed"]);
  });
});
