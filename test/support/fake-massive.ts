import { type Day, isWeekend } from "@/lib/contract/day";
import { startFakeProvider } from "./fake-provider";
import { aStatus, type WireFault } from "./wire-faults";

export const MASSIVE_KEY = "k3yk3yk3yk3y_k3yk3yk3y";
const CLOSING_HOUR_UTC = 21;
const HOUR_MS = 3_600_000;

export interface MassiveBar {
  T: string;
  v?: number;
  vw?: number;
  o?: number;
  c?: number;
  h?: number;
  l?: number;
  t?: number;
  n?: number;
}

/** 16:00 in New York in winter: past midnight of UTC's next day it is not, but near enough to fall out of it in Asia. */
export const closingMs = (day: Day) => Date.parse(`${day}T00:00:00Z`) + CLOSING_HOUR_UTC * HOUR_MS;

/** The grouped bars of a day; every tenth ticker ends in a small letter, and volumes are fractional. */
export function massiveDay(day: Day, count: number): MassiveBar[] {
  return Array.from({ length: count }, (_, index) => ({
    T: `T${index}${index % 10 === 0 ? "p" : ""}`,
    v: 12_000 + index + 0.25,
    vw: 10.125,
    o: 10,
    c: 10.5,
    h: 11,
    l: 9.5,
    t: closingMs(day),
    n: 7,
  }));
}

/** The words of a refusal as Massive sends them. */
export const massiveSays = (status: number, json: object, headers: Record<string, string> = {}): WireFault =>
  aStatus(status, JSON.stringify({ request_id: "a1b2", ...json }), { "Content-Type": "application/json", ...headers });

/** Massive with a market of so many tickers on every weekday (or the days given). */
export async function startFakeMassive(options: { tickers?: number; days?: Record<Day, MassiveBar[]> } = {}) {
  const { tickers = 50, days } = options;
  const calls: { path: string; authorization: string | undefined }[] = [];

  const provider = await startFakeProvider(({ request }) => {
    const { url = "", headers } = request;
    calls.push({ path: url, authorization: headers.authorization });
    const about = "grouped";
    if (headers.authorization !== `Bearer ${MASSIVE_KEY}`) {
      return {
        about,
        status: 401,
        json: { status: "ERROR", request_id: "a1b2", error: `Unknown API Key ${headers.authorization}` },
      };
    }
    const [, day] = /^\/v2\/aggs\/grouped\/locale\/us\/market\/stocks\/([\d-]+)\?adjusted=false$/.exec(url) ?? [];
    if (!day)
      return { about, status: 404, json: { status: "NOT_FOUND", request_id: "a1b2", message: "Could not find resource" } };
    const bars = days?.[day as Day] ?? (days || isWeekend(day as Day) ? [] : massiveDay(day as Day, tickers));
    const counts = { queryCount: bars.length, resultsCount: bars.length, adjusted: false };
    // A closed day has no `results` at all.
    return {
      about,
      json: { ...counts, ...(bars.length > 0 ? { results: bars } : {}), status: "OK", request_id: "a1b2", count: bars.length },
    };
  });

  return { ...provider, calls };
}

export type FakeMassive = Awaited<ReturnType<typeof startFakeMassive>>;
