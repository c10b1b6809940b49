import type { TestProject } from "vitest/node";
import { startTestPostgres, type TestPostgres } from "./test-postgres";

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the run's PostgreSQL, on its maintenance database. */
    postgresUrl: string;
  }
}

/** The projects pg and e2e load this file separately, in one process: they share one cluster. */
const shared = globalThis as typeof globalThis & { dayfillTestPostgres?: { started: Promise<TestPostgres>; users: number } };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = (shared.dayfillTestPostgres ??= { started: startTestPostgres(), users: 0 });
  cluster.users += 1;
  const postgres = await cluster.started;
  project.provide("postgresUrl", postgres.url);
  return async () => {
    cluster.users -= 1;
    if (cluster.users > 0) return;
    delete shared.dayfillTestPostgres;
    await postgres.stop();
  };
}
