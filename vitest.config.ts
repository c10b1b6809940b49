import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/[/\\]$/, "") };
const SECOND_MS = 1_000;
/** What a test waits for comes when it comes: these machines are shared, and the second that is usual is none of theirs. */
const POLLED_FOR_MS = 90 * SECOND_MS;
/** `npm run test:faults`: the faults at full length, and the soak. */
const isLong = process.env["DAYFILL_FAULTS"] === "long";

/**
 * pure reckons and takes every core. The other two mostly wait, for a lease, a lock, a page: more of them than cores, and on a
 * big machine no more than the connections of their PostgreSQLs allow. One after the other, each group alone.
 */
const WORKERS = { pure: availableParallelism(), pg: 4, e2e: 2 };

/**
 * Files of a worker share its modules, for reading them anew took a third of the time: no test replaces a module (fakes come
 * in through ports), and none leaves one changed.
 *
 * pure: no process, no database · pg: a real PostgreSQL · e2e: the built server in a real browser, after the others.
 */
export default defineConfig({
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    // Each PostgreSQL of the run is shut down in order.
    teardownTimeout: 120 * SECOND_MS,
    projects: [
      {
        resolve: { alias },
        test: {
          name: "pure",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/**/*.pg.test.ts"],
          testTimeout: 60 * SECOND_MS,
          expect: { poll: { timeout: POLLED_FOR_MS / 3 } },
          isolate: false,
          hookTimeout: 60 * SECOND_MS,
          maxWorkers: WORKERS.pure,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "pg",
          include: ["test/**/*.pg.test.ts"],
          globalSetup: ["./test/support/global-postgres.ts"],
          testTimeout: 180 * SECOND_MS,
          expect: { poll: { timeout: POLLED_FOR_MS } },
          isolate: false,
          hookTimeout: 180 * SECOND_MS,
          maxWorkers: WORKERS.pg,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: "e2e",
          include: isLong ? ["test/**/*.e2e.ts", "test/faults/*.long.ts"] : ["test/**/*.e2e.ts"],
          globalSetup: ["./test/support/global-postgres.ts"],
          // Far more than they take: on a busy machine a server alone may need two minutes to get ready.
          testTimeout: (isLong ? 900 : 360) * SECOND_MS,
          hookTimeout: 360 * SECOND_MS,
          expect: { poll: { timeout: POLLED_FOR_MS } },
          // The long faults and the soak take the machine for themselves.
          maxWorkers: isLong ? 1 : WORKERS.e2e,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
