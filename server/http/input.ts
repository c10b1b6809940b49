import type { Context } from "hono";
import { z } from "zod";
import { countDays, type Day, isDay } from "@/lib/contract/day";
import { MAX_RANGE_DAYS } from "@/lib/contract/problem";
import { Problem } from "./reply";

/** A body larger than this is refused before it is read. */
const MAX_BODY_BYTES = 64 * 1024;

const day = z.custom<Day>(isDay, { params: { problem: "invalid_date" } });
const flag = z.boolean({ error: "true or false" }).default(false);

/** What a start does while another sync runs. */
export const ifBusyField = z.enum(["reject", "queue"], { error: "reject or queue" }).default("reject");
/** 0–9, 9 runs first. */
export const priorityField = z
  .int({ error: "a whole number from 0 to 9" })
  .min(0, { error: "0 to 9" })
  .max(9, { error: "0 to 9" });

/** Body of a start and of its preview. */
export const batchBody = z.object({
  start_date: day,
  end_date: day,
  force: flag,
  accept_incomplete: flag,
  order: z.enum(["asc", "desc"], { error: "asc or desc" }).default("asc"),
  if_busy: ifBusyField,
  priority: priorityField.default(5),
});

/** A whole number in a query: text of digits within bounds. */
export const whole = (min: number, max: number, standard: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: `${min} to ${max}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `${min} to ${max}` })
    .default(standard);

export const optionalDay = day.optional();
/** One day in a body. */
export const dayField = day;
/** Chosen days in a body. */
export const daysField = z.array(day, { error: "a list of days" });

/** For the starts without a body: the same words in the query. */
export const waitQuery = z.object({ if_busy: ifBusyField, priority: whole(0, 9, 5) });

/** Reads a JSON body; a body in another type, broken JSON or a wrong field is a refusal that names it. */
export async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.infer<Schema>> {
  return parseBody(c, await readText(c), schema);
}

/** Like `readBody`, for calls that may come without one. */
export async function readOptionalBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.infer<Schema>> {
  const text = await readText(c);
  return text === "" ? check(schema, {}) : parseBody(c, text, schema);
}

function parseBody<Schema extends z.ZodType>(c: Context, text: string, schema: Schema): z.infer<Schema> {
  const type = c.req.header("content-type");
  if (type !== undefined && text !== "" && !/^application\/([\w.+-]+\+)?json\b/i.test(type))
    throw new Problem("unsupported_media_type");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new Problem("invalid_json", {}, { cause });
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Problem("invalid_json");
  return check(schema, body);
}

/** The body as text, given up at the limit: a body without a length is counted as it comes. */
async function readText(c: Context): Promise<string> {
  const tooLarge = () => new Problem("payload_too_large", { max: MAX_BODY_BYTES });
  if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Checks the query of a GET. */
export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.infer<Schema> {
  return check(schema, c.req.query());
}

/** A day from the path. */
export function readDay(c: Context, field: string): Day {
  const text = c.req.param(field) ?? "";
  if (!isDay(text)) throw new Problem("invalid_date", { field, got: shown(text) });
  return text;
}

/** A task id from the path. Text in PostgreSQL knows no NUL, so no task bears one. */
export function readTaskId(c: Context): string {
  const text = c.req.param("taskId") ?? "";
  if (text.includes("\0")) throw new Problem("task_not_found");
  return text;
}

/** A range to fetch: not in the future, and one that may be looked at. */
export function checkRange(from: Day, to: Day, today: Day): void {
  checkOrder(from, to, "end_date");
  if (to > today) throw new Problem("future_date", { field: "end_date", got: to, today });
  checkLength(from, to, "end_date");
}

/** A range to look at: both ends in order, and not longer than the longest task. The fields are what the query calls its ends. */
export function checkShownRange(from: Day, to: Day, fields: { from: string; to: string }): void {
  checkOrder(from, to, fields.to);
  checkLength(from, to, fields.from);
}

function checkOrder(from: Day, to: Day, field: string): void {
  if (to < from) throw new Problem("invalid_range", { field, start_date: from, end_date: to });
}

function checkLength(from: Day, to: Day, field: string): void {
  const days = countDays(from, to);
  if (days > MAX_RANGE_DAYS) throw new Problem("range_too_long", { field, days, max: MAX_RANGE_DAYS });
}

function check<Schema extends z.ZodType>(schema: Schema, input: object): z.infer<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const field = String(issue.path[0] ?? "");
  const got = (input as Record<string, unknown>)[field];
  if (got === undefined) throw new Problem("missing_field", { field });
  if (issue.code === "custom" && issue.params?.["problem"] === "invalid_date")
    throw new Problem("invalid_date", { field, got: shown(got) });
  throw new Problem("invalid_field", { field, expected: issue.message, got: shown(got) });
}

/** What came, short enough to repeat. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
