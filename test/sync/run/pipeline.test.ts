import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runPipeline } from "@/server/sync/run/pipeline";
import { settle } from "../../support/clock";
import { aGate, untilAborted } from "../../support/fakes";

interface Pipe {
  bytes: readonly number[];
  prefetchBytes?: number;
  loaders?: number;
  prepare?: (step: number) => Promise<boolean>;
  fetch?: (step: number, signal: AbortSignal) => Promise<void>;
  store?: (step: number) => Promise<void>;
}

/** Runs days 0, 1, 2 … of so many bytes through a pipeline and writes down what happens. */
function piping({ bytes, prefetchBytes = 1_000, loaders = 1, prepare, fetch, store }: Pipe) {
  const stop = new AbortController();
  const drain = new AbortController();
  const pause = new AbortController();
  const said: string[] = [];
  const done = runPipeline<number, number>({
    steps: bytes.map((_, index) => index),
    loaders,
    prefetchBytes,
    signal: stop.signal,
    draining: drain.signal,
    pausing: pause.signal,
    prepare: prepare ?? (async () => true),
    async fetch(step, signal) {
      said.push(`fetch ${step}`);
      await fetch?.(step, signal);
      return step;
    },
    bytesOf: (step) => bytes[step]!,
    async store(step) {
      said.push(`store ${step}`);
      await store?.(step);
      said.push(`stored ${step}`);
    },
  });
  done.catch(() => {});
  return { stop, drain, pause, said, done };
}

describe("the pipeline", () => {
  test("begins no further day where the preparation of one was stopped; what is fetched is stored", async () => {
    const { said, done } = piping({ bytes: [1, 1, 1], prepare: async (step) => step < 1 });
    await done;
    expect(said).toEqual(["fetch 0", "store 0", "stored 0"]);
  });

  test("that is paused brings the day home that is being fetched, stores it, and asks for no further one", async () => {
    const gate = aGate();
    const { pause, said, done } = piping({ bytes: [1, 1, 1], fetch: (step) => (step === 1 ? gate.promise : Promise.resolve()) });
    await settle();
    pause.abort(new Error("paused"));
    await settle();
    expect(said).toEqual(["fetch 0", "store 0", "stored 0", "fetch 1"]);
    gate.open();
    await done;
    expect(said.slice(4)).toEqual(["store 1", "stored 1"]);
  });
  test("stores every day, in the order of the steps", async () => {
    const { said, done } = piping({ bytes: [1, 1, 1] });
    await done;
    expect(said.filter((line) => line.startsWith("stored"))).toEqual(["stored 0", "stored 1", "stored 2"]);
  });
  test("fetches the next day while one is being stored", async () => {
    const gate = aGate();
    const { said, done } = piping({ bytes: [1, 1], store: (step) => (step === 0 ? gate.promise : Promise.resolve()) });
    await settle();
    expect(said).toEqual(["fetch 0", "store 0", "fetch 1"]);
    gate.open();
    await done;
  });
  test("never asks the source for two days at a time", async () => {
    let asking = 0;
    let most = 0;
    await piping({
      bytes: [1, 1, 1, 1],
      loaders: 3,
      fetch: async () => {
        most = Math.max(most, ++asking);
        await settle();
        asking -= 1;
      },
    }).done;
    expect(most).toBe(1);
  });
  test("does not fetch on while the days in memory fill their room", async () => {
    const gate = aGate();
    const { said, done } = piping({ bytes: [600, 600, 600], prefetchBytes: 1_000, store: () => gate.promise });
    await settle();
    expect(said.filter((line) => line.startsWith("fetch"))).toEqual(["fetch 0", "fetch 1"]);
    gate.open();
    await done;
    expect(said).toContain("stored 2");
  });
  test("takes a day that is larger than all the room, alone", async () => {
    const { said, done } = piping({ bytes: [5_000, 5_000], prefetchBytes: 1_000 });
    await done;
    expect(said.indexOf("fetch 1")).toBeGreaterThan(said.indexOf("stored 0"));
  });
  test("has nothing to do without steps", async () => await expect(piping({ bytes: [] }).done).resolves.toBeUndefined());

  test("holds at most its room and one more day, with so many loaders, whatever comes", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 4 }),
        async (bytes, prefetchBytes, loaders) => {
          let held = 0;
          let storing = 0;
          let stored = 0;
          const run = piping({
            bytes,
            prefetchBytes,
            loaders,
            fetch: async (step) => {
              expect(held).toBeLessThan(prefetchBytes);
              held += bytes[step]!;
            },
            store: async (step) => {
              storing += 1;
              expect(storing).toBeLessThanOrEqual(loaders);
              await new Promise((resolve) => setImmediate(resolve));
              storing -= 1;
              held -= bytes[step]!;
              stored += 1;
            },
          });
          await run.done;
          expect(stored).toBe(bytes.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("a pipeline that ends early", () => {
  test("fails with the words of the store that failed, stores nothing after it and ends the fetch under way", async () => {
    let fetchEnded = false;
    const { said, done } = piping({
      bytes: [1, 1, 1],
      fetch: async (step, signal) => {
        if (step < 2) return;
        await untilAborted(signal).finally(() => {
          fetchEnded = true;
        });
      },
      store: async () => {
        await settle();
        throw new Error("nothing can be written");
      },
    });
    await expect(done).rejects.toThrow("nothing can be written");
    expect(fetchEnded).toBe(true);
    expect(said.filter((line) => line.startsWith("store "))).toEqual(["store 0"]);
  });
  test("fails with the words of a fetch that failed, after the stores under way have ended", async () => {
    const { said, done } = piping({
      bytes: [1, 1],
      fetch: (step) => (step === 1 ? Promise.reject(new Error("no source at all")) : Promise.resolve()),
      store: () => settle(),
    });
    await expect(done).rejects.toThrow("no source at all");
    expect(said).toContain("stored 0");
  });
  test("stores what is fetched when it drains, and ends the fetch under way", async () => {
    const { said, drain, done } = piping({
      bytes: [1, 1, 1],
      fetch: (step, signal) => (step === 2 ? untilAborted(signal) : Promise.resolve()),
      store: () => settle(),
    });
    await Promise.resolve();
    drain.abort(new Error("the server stops"));
    await expect(done).resolves.toBeUndefined();
    const fetched = said.filter((line) => line.startsWith("fetch ")).length;
    expect(said.filter((line) => line.startsWith("stored ")).length).toBeGreaterThanOrEqual(fetched - 1);
    expect(said).toContain("stored 0");
  });
  test("that drains still says when a store fails", async () => {
    const gate = aGate();
    const { drain, done } = piping({
      bytes: [1, 1],
      fetch: (step, signal) => (step === 1 ? untilAborted(signal) : Promise.resolve()),
      store: () => gate.promise,
    });
    await settle();
    drain.abort(new Error("the server stops"));
    await settle();
    gate.fail(new Error("nothing can be written"));
    await expect(done).rejects.toThrow("nothing can be written");
  });
  test("ends with the reason of the stop", async () => {
    const { stop, done } = piping({ bytes: [1, 1], fetch: (_, signal) => untilAborted(signal) });
    await settle();
    stop.abort(new Error("lease lost"));
    await expect(done).rejects.toThrow("lease lost");
  });
  test("does not store days that wait when the stop comes", async () => {
    const gate = aGate();
    const { stop, said, done } = piping({ bytes: [1, 1, 1], store: () => gate.promise });
    await settle();
    stop.abort(new Error("lease lost"));
    gate.open();
    await expect(done).rejects.toThrow("lease lost");
    expect(said.filter((line) => line.startsWith("store "))).toEqual(["store 0"]);
  });
  test("does not wait for room that will never come", async () => {
    const gate = aGate();
    const { stop, done } = piping({ bytes: [2_000, 1], prefetchBytes: 1_000, store: () => gate.promise });
    await settle();
    stop.abort(new Error("lease lost"));
    gate.fail(new Error("cut"));
    await expect(done).rejects.toThrow("lease lost");
  });
});
