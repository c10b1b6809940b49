import { afterEach, beforeEach } from "vitest";
import { type FreshDatabase, freshDatabase } from "./postgres";
import { type ServerProcess, startServer } from "./server";

type Environment = Record<string, string>;

/** A test that runs at eight in the morning or the evening is no other test: schedules fire where they are asked for. */
const NO_FIRES = { SCHEDULE_ENABLED: "false" };

/**
 * A fresh database and a built server on it for each test of the file. `environment` says how it is started, and may prepare
 * the database first. Call it before `gatherPeople`, so that people leave before the server does.
 */
export function serveEach(environment: (databaseUrl: string) => Environment | Promise<Environment>) {
  let database: FreshDatabase;
  let server: ServerProcess;
  beforeEach(async () => {
    database = await freshDatabase();
    server = await startServer({ DATABASE_URL: database.url, ...NO_FIRES, ...(await environment(database.url)) });
  });
  afterEach(async () => {
    await server.end();
    await database.drop();
  });
  return {
    server: {
      get url() {
        return server.url;
      },
      /** Another server comes on the same database, started another way. */
      async replace(other: Environment): Promise<void> {
        await server.end();
        server = await startServer({ DATABASE_URL: database.url, ...NO_FIRES, ...other });
      },
    },
    database: {
      get url() {
        return database.url;
      },
    },
  };
}
