import type { CaseOf } from "./case";
import { ADVICE, quoted } from "./advice";

/** The line of the guides on a success that does not hold the day. */
export const HALF_SUCCESS = "206, 202, 204 and other successes without the whole answer";

/** A success that is none: a part of the rows, which looks like a day with fewer of them, and a promise. Every provider over HTTP has them. */
export function halfSuccesses<W>(
  answering: (status: number) => (world: W) => Promise<void> | void,
): [CaseOf<"broken", W>, CaseOf<"broken", W>] {
  const usual = { guide: HALF_SUCCESS, attempts: [3, 3, 3], calls: 9, advice: ADVICE.again };
  return [
    {
      ...usual,
      what: "a part of the answer, for which nobody asked",
      begin: answering(206),
      says: quoted(
        "Only a part of the data came (HTTP 206), though all of them were asked for",
        "请求的是全部数据，但只收到其中一部分（HTTP 206）",
        "{place}",
      ),
    },
    {
      ...usual,
      what: "an answer that is only promised",
      begin: answering(202),
      says: quoted("The source answered HTTP 202", "数据源返回 HTTP 202", "{place}"),
    },
  ];
}
