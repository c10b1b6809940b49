import type { Hono } from "hono";
import { z } from "zod";
import { countDays, type Day } from "@/lib/contract/day";
import { MAX_RANGE_DAYS } from "@/lib/contract/problem";
import type { SourceTest } from "@/lib/contract/source";
import type { TestedDay } from "@/server/sync/asked/tested-day";
import type { HttpPorts } from "./ports";
import { dayField, readBody } from "./input";
import { type Language, say } from "./language";
import { languageFor, Problem, success } from "./reply";
import { beingTested, busy, stopping } from "./start-task";

const testBody = z.object({ day: dayField });

/** Which source, and one day of it fetched without storing. */
export function sourceRoutes(app: Hono, ports: HttpPorts): void {
  app.get("/source", (c) => success(c, ports.sourceFacts()));

  app.post("/source/test", async (c) => {
    const { day } = await readBody(c, testBody);
    checkDay(day, ports.queries.today().day);
    const result = await ports.sourceTester.test(day, c.req.raw.signal);
    switch (result.kind) {
      case "tested":
        return success(c, withMessage(result.test, languageFor(c)));
      case "busy":
        throw busy(c, ports, result.task);
      case "being_tested":
        throw beingTested();
      case "stopping":
        throw stopping();
    }
  });
}

/** Neither in the future nor before the days that a task may ask for. */
function checkDay(day: Day, today: Day): void {
  if (day > today) throw new Problem("future_date", { field: "day", got: day, today });
  const days = countDays(day, today);
  if (days > MAX_RANGE_DAYS) throw new Problem("range_too_long", { field: "day", days, max: MAX_RANGE_DAYS });
}

/** What came of it, what is to be said of the rows, and what to do. */
function withMessage({ closed, ...test }: TestedDay, language: Language): SourceTest {
  const { day, source, seconds, rows, error, advice, outcome } = test;
  const params = { day, source, seconds: seconds.toFixed(1), rows, probed: String(test.probed), closed: closed ?? "source" };
  const what = error ? say(language, `dayError.${error.code}`, error.params) : say(language, `api.sourceTest.${outcome}`, params);
  const remarks = test.warnings.map((warning) => say(language, `dayWarning.${warning.code}`, warning.params));
  const toDo = advice ? [say(language, `sourceAdvice.${advice.code}`, advice.params)] : [];
  return { ...test, message: [what, ...remarks, ...toDo].join(language === "en" ? ". " : "。") };
}
