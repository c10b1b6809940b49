import { ApiError } from "./api";

const AGAIN_MS = 10_000;

interface Asked {
  state: { error: Error | null; isInvalidated: boolean };
}

/**
 * When a query is asked again by itself: never, unless it was found old and its answer did not come. The event that made it
 * old is not told twice, and the page would show what it held before for good. A refusal is an answer.
 */
export function askAgainMs({ state }: Asked): number | false {
  if (state.error instanceof ApiError && state.error.status < 500) return false;
  return state.error !== null || state.isInvalidated ? AGAIN_MS : false;
}
