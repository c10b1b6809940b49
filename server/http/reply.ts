import type { Context } from "hono";
import { type Fact, PROBLEM_STATUS, type ProblemCode } from "@/lib/contract/problem";
import type { Failure, Success } from "@/lib/contract/routes";
import { type Language, languageOf, sayProblem } from "./language";

/** The language of this request's sentences. */
export function languageFor(c: Context): Language {
  return languageOf(c.req.header("accept-language"));
}

/** The envelope of every good answer; `beside` are the extra keys the original put next to `data`. */
export function success<Data>(c: Context, data: Data, status: 200 | 202 = 200, beside: object = {}): Response {
  const body: Success<Data> = { status: "success", ...beside, data };
  return c.json(body, status);
}

/** An expected refusal, thrown by whoever notices it and rendered in one place. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly params: Fact["params"];
  readonly beside: Pick<Failure, "current_task" | "progress">;
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    params: Fact["params"] = {},
    more: { beside?: Pick<Failure, "current_task" | "progress">; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(code, { cause: more.cause });
    this.name = "Problem";
    this.code = code;
    this.params = params;
    this.beside = more.beside ?? {};
    this.headers = more.headers ?? {};
  }
}

/** The envelope of a refusal. */
export function problemReply(problem: Problem, language: Language): Response {
  const body: Failure = {
    status: "error",
    code: problem.code,
    message: sayProblem(language, problem.code, problem.params),
    params: problem.params,
    ...problem.beside,
  };
  return Response.json(body, { status: PROBLEM_STATUS[problem.code], headers: problem.headers });
}
