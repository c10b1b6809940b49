import type { Context, Hono } from "hono";
import { z } from "zod";
import type { Day } from "@/lib/contract/day";
import type { ReceiptDay, ReceiptOf } from "@/server/sync/asked/receipt";
import { receiptJson } from "@/server/sync/asked/receipt";
import { receiptCsv } from "@/server/sync/asked/receipt-csv";
import { toSummary } from "@/server/sync/asked/progress";
import type { HttpPorts } from "./ports";
import { readQuery, readTaskId } from "./input";
import { say } from "./language";
import { languageFor, Problem } from "./reply";
import { summaryWithSentences } from "./sentences";

/** Days read at a time: the whole receipt is never in memory. */
const PAGE_DAYS = 1_000;

/** A link in a page cannot set a header, so the language may come in the query. */
const receiptQuery = z.object({ lang: z.enum(["en", "zh-CN"], { error: "en or zh-CN" }).optional() });

/** What a task was asked, what it did and what came of every day, to be kept: as JSON for programs, as CSV for tables. */
export function receiptRoutes(app: Hono, ports: HttpPorts): void {
  const { queries, reads, calendar, clock } = ports;

  app.get("/tasks/:taskId/receipt.json", async (c) => {
    const receipt = await receiptOf(c);
    return download(receipt, "json", "application/json; charset=utf-8", receiptJson(receipt));
  });

  app.get("/tasks/:taskId/receipt.csv", async (c) => {
    const receipt = await receiptOf(c);
    return download(receipt, "csv", "text/csv; charset=utf-8", receiptCsv(receipt));
  });

  async function receiptOf(c: Context): Promise<ReceiptOf> {
    const language = readQuery(c, receiptQuery).lang ?? languageFor(c);
    const task = await queries.task(readTaskId(c));
    if (!task) throw new Problem("task_not_found");
    const activity = await reads.activity(task.task_id);
    const nowMs = clock.now();
    return {
      task: summaryWithSentences(toSummary(task, calendar.zone, nowMs, activity), language),
      chosenDays: task.options.days ?? null,
      // The first page is read before the answer begins: a database that is away is still a refusal then.
      days: pagesFrom(task.task_id, await reads.receiptDays(task.task_id, null, PAGE_DAYS)),
      zone: calendar.zone,
      nowMs,
      sentence: (error) => say(language, `dayError.${error.code}`, error.params),
    };
  }

  async function* pagesFrom(taskId: string, first: ReceiptDay[]): AsyncGenerator<ReceiptDay[]> {
    let page = first;
    while (page.length > 0) {
      yield page;
      const after = page.at(-1)?.date as Day;
      page = page.length < PAGE_DAYS ? [] : await reads.receiptDays(taskId, after, PAGE_DAYS);
    }
  }
}

function download({ task }: ReceiptOf, ending: string, type: string, text: AsyncGenerator<string>): Response {
  const bytes = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await text.next();
      if (done) controller.close();
      else controller.enqueue(bytes.encode(value));
    },
    async cancel() {
      await text.return(undefined);
    },
  });
  const name = `dayfill_${task.task_id.replace(/[^\w.-]/g, "_")}.${ending}`;
  return new Response(body, { headers: { "Content-Type": type, "Content-Disposition": `attachment; filename="${name}"` } });
}
