import type { Clock } from "@/server/sync/ports";

/** Runs `work` with a signal that aborts when the parent does or when `ms` have passed; then `expired()` is what it fails with. Where the parent has aborted already nothing is begun. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  expired: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent.throwIfAborted();
  const over = new AbortController();
  const timer = new AbortController();
  const signal = AbortSignal.any([parent, over.signal]);
  clock.sleep(ms, timer.signal).then(
    () => over.abort(expired()),
    () => {},
  );
  try {
    // Work that does not listen to its signal must not hold up the day.
    return await Promise.race([work(signal), whenAborted(signal, timer.signal)]);
  } finally {
    timer.abort(new Error("done"));
  }
}

/** Rejects with the reason of `signal` once it aborts; `settled` takes the listener away. */
function whenAborted(signal: AbortSignal, settled: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true, signal: settled });
  });
}
