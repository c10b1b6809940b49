/**
 * Takes one step of a stop after the other, also where one of them failed: the database is ended even if a provider did not
 * let go of its line. Rejects with the first failure, when all is done.
 */
export async function everyStep(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Waits until all have ended, however they did, before it rejects with the first failure: who comes next finds nobody at work. */
export async function allEnded(endings: readonly unknown[]): Promise<void> {
  const failed = (await Promise.allSettled(endings)).find((ending) => ending.status === "rejected");
  if (failed) throw failed.reason;
}
