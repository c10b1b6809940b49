const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/** A key that an object of a JSON text has more than once; `inside` = the keys that lead to that object. */
export interface RepeatedKey {
  key: string;
  inside: string[];
}

interface Open {
  /** Null for a list. */
  keys: Set<string> | null;
  /** The last text that was read here: a key, once a colon follows. */
  last: string;
}

/**
 * The keys that stand twice in one object. `JSON.parse` keeps the last of them without a word, and a person who wrote both
 * would never learn which one counts. Expects a text that JSON.parse takes.
 */
export function repeatedKeys(json: string): RepeatedKey[] {
  const repeated: RepeatedKey[] = [];
  const open: Open[] = [];
  for (const [token] of json.matchAll(TOKEN)) {
    const top = open.at(-1);
    if (token === "{" || token === "[") open.push({ keys: token === "{" ? new Set() : null, last: "" });
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":" && top?.keys) {
      if (top.keys.has(top.last)) repeated.push({ key: top.last, inside: open.slice(0, -1).map(({ last }) => last) });
      top.keys.add(top.last);
    } else if (top && token !== ",") top.last = JSON.parse(token) as string;
  }
  return repeated;
}
