import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { connectionsOf, listenOnLoopback, stopListening } from "./loopback";
import type { WireFault } from "./wire-faults";

interface Planned {
  fault: WireFault;
  /** Null = every request. */
  about: string | null;
  left: number;
}

/** A provider on a loopback port, with a switch for what goes wrong on the wire. */
export interface FakeProvider {
  url: string;
  /** Lets requests fail: those about something only (an interface, a path), or so many; everything until `heal` otherwise. */
  fail(fault: WireFault, options?: { about?: string; times?: number }): void;
  heal(): void;
  /** Connections that are open at this moment. */
  connections(): number;
  close(): Promise<void>;
}

export interface Asked {
  request: IncomingMessage;
  text: string;
}

/** What the request is about, and the whole answer to it. */
export type Answering = (asked: Asked) => { about: string; status?: number; json: unknown };

/** A fault about `stock_basic` is one about `stock_basic P` too. */
function concerns(planned: Planned, about: string): boolean {
  return planned.about === null || about === planned.about || about.startsWith(`${planned.about} `);
}

/** Serves what `answering` says, gzipped where the client takes it, until a fault is asked for. */
export async function startFakeProvider(answering: Answering): Promise<FakeProvider> {
  let plan: Planned[] = [];

  function reply(asked: Asked, response: ServerResponse): void {
    const { about, status = 200, json } = answering(asked);
    const body = JSON.stringify(json);
    const planned = plan.find((one) => one.left > 0 && concerns(one, about));
    if (planned) {
      planned.left -= 1;
      return planned.fault(response, body);
    }
    const head = { "Content-Type": "application/json; charset=utf-8" };
    if (/\bgzip\b/.test(String(asked.request.headers["accept-encoding"]))) {
      response.writeHead(status, { ...head, "Content-Encoding": "gzip" }).end(gzipSync(body));
    } else {
      response.writeHead(status, head).end(body);
    }
  }

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (text += part));
    request.on("end", () => reply({ request, text }, response));
  });
  const connections = connectionsOf(server);
  const port = await listenOnLoopback(server);

  return {
    url: `http://127.0.0.1:${port}`,
    fail: (fault, { about = null, times = Number.POSITIVE_INFINITY } = {}) => void plan.push({ fault, about, left: times }),
    heal() {
      plan = [];
    },
    connections: () => connections.size,
    async close() {
      server.closeAllConnections();
      await stopListening(server);
    },
  };
}
