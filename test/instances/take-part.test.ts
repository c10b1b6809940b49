import { expect, test } from "vitest";
import { takePartWith } from "@/server/compose/take-part";
import { createFakeClock } from "../support/clock";
import { aGate, createFakeLog } from "../support/fakes";

/** An instance whose words to the database are kept, and whose joining is held up. */
function anInstance() {
  const said: string[] = [];
  const gate = aGate();
  const membership = {
    async join() {
      await gate.promise;
      said.push("joined");
      return { rivals: [], nowMs: 0 };
    },
    async leave() {
      said.push("left");
    },
  };
  const others = takePartWith({
    connection: { connectionString: "postgres://nowhere" },
    instance: { id: "1", name: "a:1", address: "127.0.0.1:1", version: "1", fingerprint: "files|XSHG" },
    membership,
    leaseTtlMs: 15_000,
    clock: createFakeClock(),
    log: createFakeLog(),
  });
  return { others, gate, said };
}

test("an instance that is stopped while it joins leaves behind its own joining", async () => {
  const { others, gate, said } = anInstance();
  const closing = new AbortController();
  const joined = others.join(closing.signal);
  closing.abort(new Error("the server stops"));
  const left = others.leave();
  gate.open();
  await expect(joined).rejects.toThrow("the server stops");
  await left;
  expect(said).toEqual(["joined", "left"]);
});

test("an instance that is stopped before it joins never does", async () => {
  const { others, gate, said } = anInstance();
  gate.open();
  await others.leave();
  await expect(others.join(AbortSignal.abort(new Error("the server stops")))).rejects.toThrow("the server stops");
  expect(said).toEqual(["left"]);
});
