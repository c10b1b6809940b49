import { Agent, request } from "undici";
import { refusalIn } from "./shape";

const CONNECT_MS = 5_000;
/** From the first byte to the last: a webhook that hangs holds up the next notice, nothing else. */
const DEADLINE_MS = 15_000;
const MAX_REPLY_BYTES = 64 * 1024;

/** What became of one try. `final` = another try would bring the same. Never a word of the address. */
export type Posted = { ok: true } | { ok: false; why: string; final: boolean };

export type Post = ReturnType<typeof createPost>;

/** Sends one JSON body to the webhook; the address is known here and nowhere else. */
export function createPost(address: string, deadlineMs = DEADLINE_MS) {
  const url = new URL(address);
  const credentials =
    url.username || url.password ? `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` : null;
  const headers: Record<string, string> = { "content-type": "application/json; charset=utf-8", "user-agent": "Dayfill" };
  if (credentials) headers["authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;
  url.username = "";
  url.password = "";
  const agent = new Agent({
    connect: { timeout: Math.min(CONNECT_MS, deadlineMs) },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    maxResponseSize: MAX_REPLY_BYTES,
  });

  async function post(body: object, signal: AbortSignal): Promise<Posted> {
    try {
      const reply = await request(url, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
        dispatcher: agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
      });
      const status = reply.statusCode;
      // Taken is taken, even where the words about it do not arrive.
      const text = await reply.body.text().catch(() => "");
      if (status < 200 || status > 299) return { ok: false, why: `status ${status}`, final: isFinal(status) };
      const refusal = refusalIn(text);
      return refusal ? { ok: false, why: refusal, final: false } : { ok: true };
    } catch (error) {
      return { ok: false, why: wordFor(error), final: false };
    }
  }

  /** The name of the host, for the log: the rest of the address is a secret. */
  return { post, host: url.hostname, close: () => agent.destroy() };
}

/** A wrong address or body stays wrong; too many requests and faults of the server pass. */
const isFinal = (status: number) => status < 500 && status !== 408 && status !== 425 && status !== 429;

/** Only codes and names: a message may repeat the address. */
function wordFor(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const word = [code, name].find((one) => typeof one === "string");
  return word ?? "unknown";
}
