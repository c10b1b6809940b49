import type { Day } from "@/lib/contract/day";
import { SourceError } from "@/server/sync/errors";
import { sixDigits } from "./row";
import { isListedOn, type Universe } from "./universe";

/** Stocks set aside one behind the other: then it is not them. */
const MAX_REFUSED_IN_A_ROW = 3;
/** And as many in all as a walk goes on without. */
const MAX_REFUSED = 20;

/** The stocks that the source refused. Throws what it said where it refuses one after the other, or many. */
export async function eachButRefused(codes: readonly string[], collect: (code: string) => Promise<void>): Promise<string[]> {
  const refused: string[] = [];
  let inARow = 0;
  for (const code of codes) {
    const refusal = await refusalOf(() => collect(code));
    inARow = refusal ? inARow + 1 : 0;
    if (refusal) refused.push(code);
    if (refusal && (inARow >= MAX_REFUSED_IN_A_ROW || refused.length > MAX_REFUSED)) throw refusal;
  }
  return refused;
}

/** An answer with an error code, which may concern this one stock; null where it was given. Whatever else goes wrong is thrown. */
export async function refusalOf(work: () => Promise<void>): Promise<SourceError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof SourceError && error.refusal === "broken" && error.params["kind"] === "other") return error;
    throw error;
  }
}

/** Throws where the source refused a stock that belongs to the day. */
export function refuseIncomplete(universe: Universe, day: Day): void {
  const found = Object.entries(universe.refused).filter(([code]) => isListedOn(universe, code, day));
  const [first] = found;
  if (!first) return;
  const [code, detail] = first;
  throw new SourceError(
    "broken",
    { kind: "refused_symbol", code: sixDigits(code), count: found.length, detail },
    { retry: false },
  );
}
