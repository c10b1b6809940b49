import { once } from "node:events";
import { WebSocket } from "undici";
import type { ServerProcess } from "@/test/support/server";

/** A server started with these options opens its inspector on a port of its own when it is asked to. */
export const INSPECTABLE = { NODE_OPTIONS: "--inspect-port=0" };
const LISTENING = /Debugger listening on (ws:\S+)/;
const OPEN_WITHIN_MS = 90_000;

/** Runs code inside a living server, past everything it offers; its value comes back as JSON would have it. */
export async function openInspector(server: ServerProcess) {
  process.kill(server.pid, "SIGUSR1");
  const until = performance.now() + OPEN_WITHIN_MS;
  let address: string | undefined;
  while (!(address = LISTENING.exec(server.output())?.[1])) {
    if (performance.now() > until) throw new Error(`the inspector did not open:\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const socket = new WebSocket(address);
  await once(socket, "open");
  let calls = 0;

  function send(method: string, params: object = {}): Promise<unknown> {
    const id = (calls += 1);
    return new Promise((resolve, reject) => {
      const listen = ({ data }: { data: unknown }) => {
        const reply = JSON.parse(String(data)) as { id?: number; error?: object; result?: { result?: { value?: unknown } } };
        if (reply.id !== id) return;
        socket.removeEventListener("message", listen);
        if (reply.error) reject(new Error(JSON.stringify(reply.error)));
        else resolve(reply.result?.result?.value);
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
  }

  return {
    evaluate: (expression: string) => send("Runtime.evaluate", { expression, returnByValue: true }),
    /** Bytes of the heap that are still reachable. */
    async heapUsed(): Promise<number> {
      await send("HeapProfiler.enable");
      for (let times = 0; times < 3; times += 1) await send("HeapProfiler.collectGarbage");
      return (await send("Runtime.evaluate", { expression: "process.memoryUsage().heapUsed", returnByValue: true })) as number;
    },
    close: () => socket.close(),
  };
}

/** The event loop stands still for so long; resolves when it runs again. */
export async function blockLoop(server: ServerProcess, ms: number): Promise<void> {
  const inspector = await openInspector(server);
  await inspector.evaluate(`{ const until = Date.now() + ${ms}; while (Date.now() < until); }`);
  inspector.close();
}
