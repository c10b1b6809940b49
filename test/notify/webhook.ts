import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { listen } from "../cli/http-server";

export interface Told {
  body: Record<string, never>;
  text: string;
  headers: IncomingHttpHeaders;
  path: string;
}

/** A webhook that answers what the test says, POST by POST; the last answer stands for all that follow. */
export async function aWebhook(...answers: ((response: ServerResponse) => void)[]) {
  const told: Told[] = [];
  const server = await listen((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (text += part));
    request.on("end", () => {
      told.push({ text, body: JSON.parse(text) as Told["body"], headers: request.headers, path: request.url ?? "" });
      (answers[Math.min(told.length, answers.length) - 1] ?? taken)(response);
    });
  });
  return { ...server, told, events: () => told.map(({ body }) => `${body["event"]} ${body["task_id"]}`) };
}

export const taken = (response: ServerResponse) => void response.end("ok");
export const says =
  (status: number, body = "") =>
  (response: ServerResponse) =>
    void response.writeHead(status).end(body);
export const hangs = () => {};
export const breaksOff = (response: ServerResponse) => void response.destroy();
