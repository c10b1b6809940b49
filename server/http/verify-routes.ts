import type { Hono } from "hono";
import type { HttpPorts } from "./ports";
import { batchBody, checkRange, readBody } from "./input";
import { startTask } from "./start-task";

const verifyBody = batchBody.pick({ start_date: true, end_date: true, order: true, if_busy: true, priority: true });

/** Compares what the table holds with what the source says by now. A task like any other, but it stores nothing. */
export function verifyRoutes(app: Hono, ports: HttpPorts): void {
  app.post("/verify", async (c) => {
    const body = await readBody(c, verifyBody);
    checkRange(body.start_date, body.end_date, ports.queries.today().day);
    return startTask(c, ports, { ...body, task_type: "verify", force: false, accept_incomplete: false });
  });
}
