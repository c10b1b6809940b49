import type { Query, QueryClient, QueryFilters } from "@tanstack/react-query";

/** Queries whose answer under way may be from before something that happened since. */
const askedTooEarly = new WeakSet<Query>();

/**
 * What was read is old: it is read again where it is shown. An answer under way may have been given before the event that
 * makes it old, and would pass for the news; so it is waited for, and then asked again. To cancel it instead would, on a slow
 * line and with an event a second, never let one arrive.
 */
export function makeOld(queries: QueryClient, filters: QueryFilters = {}): void {
  for (const query of queries.getQueryCache().findAll(filters)) if (query.state.fetchStatus !== "idle") askAfter(queries, query);
  void queries.invalidateQueries(filters, { cancelRefetch: false });
}

function askAfter(queries: QueryClient, query: Query): void {
  const answer = query.promise;
  if (!answer || askedTooEarly.has(query)) return;
  askedTooEarly.add(query);
  void answer
    .catch(() => {})
    .then(() => {
      askedTooEarly.delete(query);
      makeOld(queries, { queryKey: query.queryKey, exact: true });
    });
}

/** The line was cut: answers under way hang on it or are old, so nobody waits for them. */
export function makeAllOldAtOnce(queries: QueryClient): void {
  // With nothing to show yet, a query would go on waiting for its first answer.
  const hasNothing = (query: Query) => query.state.data === undefined;
  void queries.cancelQueries({ type: "active", predicate: hasNothing }, { silent: true });
  void queries.invalidateQueries();
}
