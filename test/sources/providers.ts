import { onTestFinished } from "vitest";
import { say } from "@/server/http/language";
import type { HttpLimits } from "@/server/sources/http/http";
import { createMassiveSource } from "@/server/sources/massive";
import { createTushareSource } from "@/server/sources/tushare";
import { SourceError } from "@/server/sync/errors";
import type { Clock, Log } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import { MASSIVE_KEY, startFakeMassive } from "../support/fake-massive";
import { startFakeTushare, TUSHARE_TOKEN } from "../support/fake-tushare";
import { FILE_DAY, jumpingClock, unwatched } from "./harness";

/** Deadlines a test can wait for. */
export const QUICK: Partial<HttpLimits> = { connectMs: 2_000, headersMs: 1_000, stallMs: 1_000, minProgressBytes: 64 };

export interface Over {
  clock?: Clock;
  log?: Pick<Log, "warn">;
  limits?: Partial<HttpLimits>;
}

/** Tushare by its fake, gone after the test. */
export async function tushareWith(world: Parameters<typeof startFakeTushare>[0] = {}, over: Over = {}) {
  const fake = await startFakeTushare(world);
  onTestFinished(fake.close);
  const source = createTushareSource({ token: TUSHARE_TOKEN, url: fake.url, clock: jumpingClock(), limits: QUICK, ...over });
  return { fake, source };
}

/** Massive by its fake, gone after the test. */
export async function massiveWith(world: Parameters<typeof startFakeMassive>[0] = {}, over: Over = {}) {
  const fake = await startFakeMassive(world);
  onTestFinished(fake.close);
  const source = createMassiveSource({ key: MASSIVE_KEY, url: fake.url, clock: jumpingClock(), limits: QUICK, ...over });
  return { fake, source };
}

/** The refusal of FILE_DAY. */
export async function refused(source: Source): Promise<SourceError> {
  const error = await source.fetchDay(FILE_DAY, unwatched).catch((thrown: unknown) => thrown);
  if (error instanceof SourceError) return error;
  throw new Error(`expected a SourceError, got ${String(error)}`);
}

/** What an operator reads of it. */
export function sentences({ params }: SourceError): { en: string; zh: string } {
  return { en: say("en", "dayError.source_error", params), zh: say("zh-CN", "dayError.source_error", params) };
}
