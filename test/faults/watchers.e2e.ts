import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SOCKET_PATH, type SyncState } from "@/lib/contract/events";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { INSPECTABLE, openInspector } from "./inspector";
import { type Machine, progressWhen, startMachine, startRange } from "./stand";

const WATCHERS = 1_000;
const ROUNDS = 10;
/** A thousand at once take their time on a machine that does other things too; one that gave up would be waited for in vain. */
const CONNECTED_WITHIN_MS = 90_000;
/** What a thousand sockets that are gone may leave behind in all, however often they came. */
const LEFT_BYTES = 24 * 1024 * 1024;

let database: FreshDatabase;
let machine: Machine;

beforeAll(async () => {
  database = await freshDatabase();
  const env = { ...INSPECTABLE, SAMPLE_SYMBOLS: "200", SAMPLE_DAY_MS: "100" };
  machine = await startMachine({ databaseUrl: database.url, env });
});

afterAll(async () => {
  await machine.close();
  await database.drop();
});

const watch = (): Socket =>
  io(machine.process().url, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    timeout: CONNECTED_WITHIN_MS,
  });

async function crowd(): Promise<void> {
  const sockets = Array.from({ length: WATCHERS }, watch);
  await Promise.all(sockets.map((socket) => once(socket as never, "sync:state")));
  // Gone without a word, as a browser that crashes.
  for (const socket of sockets) (socket.io.engine.transport as unknown as { ws: { terminate(): void } }).ws.terminate();
}

test("a thousand watchers that come and vanish ten times leave no memory behind, and who stays is told everything", {
  timeout: 300_000,
}, async () => {
  const inspector = await openInspector(machine.process());
  await crowd();
  const base = await inspector.heapUsed();
  const stays = watch();
  const told: SyncState[] = [];
  stays.on("sync:state", (state: SyncState) => told.push(state));
  const taskId = await startRange(machine, "2024-01-02", "2024-06-28");
  for (let round = 1; round < ROUNDS; round += 1) await crowd();
  await progressWhen(machine, taskId, ({ status }) => status === "completed");
  const last = () => told.at(-1);
  while (last()?.watching !== 1 || last()?.last?.task_id !== taskId) await sleep(50);
  expect((await inspector.heapUsed()) - base).toBeLessThan(LEFT_BYTES);
  expect(last()?.last?.status).toBe("completed");
  inspector.close();
  stays.close();
});
