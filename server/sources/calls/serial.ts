import { unlessAborted } from "./abortable";

/**
 * Lets tasks through one after the other, in the order they came. A task that is aborted while it waits rejects at once
 * and gives up its place; the others do not notice. (p-queue would tell it only when its turn comes.)
 */
export function createSerial(): <Result>(signal: AbortSignal, task: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();

  return async (signal, task) => {
    const before = last;
    let leave = () => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    last = before.then(() => left);
    try {
      await unlessAborted(before, signal);
      return await task();
    } finally {
      leave();
    }
  };
}
