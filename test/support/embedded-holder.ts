import { startEmbeddedPostgres } from "@/server/db/embedded";

/** Holds an embedded PostgreSQL until it is killed; says "ready", and "interrupted" on SIGINT. */
async function hold(dataDir: string): Promise<void> {
  await startEmbeddedPostgres({ dataDir, log: { info: () => {}, warn: console.warn, error: console.error } });
  process.on("SIGINT", () => console.log("interrupted"));
  setInterval(() => {}, 1_000);
  console.log("ready");
}

await hold(process.argv[2] ?? "");
