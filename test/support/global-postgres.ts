import type { TestProject } from "vitest/node";
import { startTestPostgres, type TestPostgres } from "./test-postgres";

declare module "vitest" {
  export interface ProvidedContext {
    /** Addresses of the run's PostgreSQLs, each on its maintenance database. */
    postgresUrls: string[];
  }
}

/**
 * One for each file that runs at the same time: an embedded one has sixty connections, and three instances of one test
 * beside three of another ask for more where the machine is slow and each keeps its connections for longer.
 */
const CLUSTERS = process.env["DATABASE_URL_TEST"] ? 1 : 4;

/** The projects pg and e2e load this file separately, in one process: they share the clusters. */
const shared = globalThis as typeof globalThis & { dayfillTestPostgres?: { started: Promise<TestPostgres[]>; users: number } };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const clusters = (shared.dayfillTestPostgres ??= {
    started: Promise.all(Array.from({ length: CLUSTERS }, startTestPostgres)),
    users: 0,
  });
  clusters.users += 1;
  const started = await clusters.started;
  project.provide(
    "postgresUrls",
    started.map(({ url }) => url),
  );
  return async () => {
    clusters.users -= 1;
    if (clusters.users > 0) return;
    delete shared.dayfillTestPostgres;
    await Promise.all(started.map((postgres) => postgres.stop()));
  };
}
