import type { Context } from "hono";
import { MAX_OPERATOR_CHARS } from "@/lib/contract/operator";

/** Who asks, as `X-Operator` says it (percent-encoded, so that Chinese names pass through a header); null where nothing usable came. */
export function operatorOf(c: Context): string | null {
  const raw = c.req.header("x-operator");
  if (!raw) return null;
  let name = raw;
  try {
    name = decodeURIComponent(raw);
  } catch {
    // A plain name with a stray percent sign is taken as it came.
  }
  // Control characters would break the log line and the page.
  return (
    name
      .replace(/\p{Cc}/gu, "")
      .trim()
      .slice(0, MAX_OPERATOR_CHARS) || null
  );
}
