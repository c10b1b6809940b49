import { expect, test } from "vitest";
import type { Started } from "@/lib/contract/routes";
import { startApp } from "../support/app";

test("of 200 parallel starts over two instances one runs; 199 are refused and name it; the epoch grew by one", async () => {
  const first = await startApp({ env: { SAMPLE_DAY_MS: "60000" } });
  const second = await startApp({ databaseUrl: first.databaseUrl, env: { SAMPLE_DAY_MS: "60000" } });
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, turn) =>
      (turn % 2 ? first : second).api<Started>("/sync/batch", { body: { start_date: "2024-01-02", end_date: "2024-01-05" } }),
    ),
  );
  const started = replies.filter((reply) => reply.status === 202);
  const refused = replies.filter((reply) => reply.status === 409);
  expect([started.length, refused.length]).toEqual([1, 199]);
  const taskId = started[0]?.body.data.task_id;
  expect(new Set(refused.map((reply) => reply.body.current_task?.task_id))).toEqual(new Set([taskId]));
  expect(refused.every((reply) => reply.body.current_task?.progress.status === "running")).toBe(true);
  expect(await first.ask("SELECT epoch FROM sync_lease")).toEqual([{ epoch: "1" }]);
  expect(await first.ask("SELECT task_id FROM sync_task")).toEqual([{ task_id: taskId }]);
  await second.stop();
  await first.stop();
});
