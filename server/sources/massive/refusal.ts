import { SourceError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import type { HttpAnswer } from "@/server/sources/http/answer";
import { refusalOfStatus } from "@/server/sources/http/refusal";
import { withoutSecrets } from "@/server/sources/http/words";
import { jsonObjectIn } from "@/server/sources/http/json-rows";

const MINUTE_MS = 60_000;

/** The refusal in an answer, null where it holds data. `{"status":"NOT_AUTHORIZED","message":…}` may come with 200 as well. */
export function refusalOfMassive(answer: HttpAnswer, key: string, clock: Pick<Clock, "now">): SourceError | null {
  const object = jsonObjectIn(answer) ?? {};
  const words = [object["error"], object["message"]].find((one): one is string => typeof one === "string") ?? "";
  const forbidden = answer.status === 403 || object["status"] === "NOT_AUTHORIZED";
  if (forbidden && /before end of day|today's data/i.test(words)) {
    return new SourceError("later", { kind: "later", detail: withoutSecrets(words, [key]) });
  }
  if (answer.status < 300) {
    if (object["status"] === "NOT_AUTHORIZED")
      return new SourceError("plan", { kind: "plan", detail: withoutSecrets(words, [key]) });
    if (object["status"] !== "ERROR") return null;
    return new SourceError("broken", { kind: "other", detail: withoutSecrets(words, [key]) || answer.detail });
  }
  const meaning = { secrets: [key], clock, variable: "MASSIVE_KEY", forbidden: "plan" as const };
  const error = refusalOfStatus(answer, { ...meaning, words });
  // Its allowance is by the minute; it does not say when the minute is over.
  if (error.refusal !== "rate" || error.waitMs !== null) return error;
  return new SourceError("rate", { kind: "rate", detail: String(error.params["detail"]) }, { waitMs: MINUTE_MS });
}
