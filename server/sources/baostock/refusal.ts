import { SourceError } from "@/server/sync/errors";

const WRONG_ACCOUNT = "10001002";
const CLIENT_EXPIRED = "10001004";
const TOO_MANY_LOGINS = "10001005";
const NO_RIGHT = "10001006";
const BLACKLISTED = "10001011";
const BAN_MS = 24 * 3_600_000;
const MAX_WORDS = 300;

/**
 * What an answer that is not "0" means, in the words of the server. The account is the public one and the protocol is built
 * in: where either is refused there is no variable to look at, so those kinds have sentences of their own.
 */
export function refusalOfBaostock([code = "", words = ""]: readonly string[]): SourceError {
  const detail = `${words} (${code})`.slice(0, MAX_WORDS);
  if (code === BLACKLISTED || words.includes("黑名单"))
    return new SourceError("quota", { kind: "banned", detail }, { waitMs: BAN_MS });
  switch (code) {
    case WRONG_ACCOUNT:
      return new SourceError("auth", { kind: "public_account", detail });
    case NO_RIGHT:
      return new SourceError("plan", { kind: "public_right", detail });
    case CLIENT_EXPIRED:
      // No later day and no later hour fares better: the rest of the task fails at once, like that of a plan.
      return new SourceError("plan", { kind: "old_protocol", detail });
    case TOO_MANY_LOGINS:
      // It says nothing of the day, so that a day of today is not taken for one that is not published.
      return new SourceError("later", { kind: "too_many_logins", detail });
    default:
      return new SourceError("broken", { kind: "other", detail });
  }
}
