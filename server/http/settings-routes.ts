import type { Hono } from "hono";
import type { HttpPorts } from "./ports";
import { success } from "./reply";

/** Who serves, from what and with which configuration; the one question that is answered without a database. */
export function settingsRoutes(app: Hono, { settings }: HttpPorts): void {
  app.get("/settings", async (c) => success(c, await settings.read()));
}
