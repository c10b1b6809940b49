import type { Clock } from "@/server/sync/ports";
import type { FileLocation, Packing } from "./template";
import { createHttp, type HttpLimits } from "@/server/sources/http/http";
import { refusalOfStatus } from "@/server/sources/http/refusal";
import { secretsIn } from "@/server/sources/http/words";

const NO_FILE = new Set([404, 410]);
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

export interface WebFile {
  bytes: Buffer;
  /** The server undid the gzip of a .gz file on the way, as some do. */
  gunzipped: boolean;
}

export interface WebFilesOptions {
  clock: Pick<Clock, "now">;
  /** Web addresses of the configuration, for what is secret in them. */
  addresses: readonly string[];
  /** Instead of the usual deadlines and caps of a call. */
  limits?: Partial<HttpLimits>;
}

/**
 * Reads files from a web server; null where it says that there is none (404, 410). Rejects with SourceError.
 */
export function createWebFiles(options: WebFilesOptions) {
  const { clock, limits } = options;
  const secrets = options.addresses.flatMap(secretsIn);
  const http = createHttp({ secrets, ...(limits ? { limits } : {}) });

  async function read({ address }: FileLocation, packing: Packing, signal: AbortSignal): Promise<WebFile | null> {
    // What is packed already is not packed again for the way.
    const headers: Record<string, string> = packing === "csv" ? {} : { "accept-encoding": "identity" };
    const answer = await http.ask({ url: address, headers, signal });
    if (NO_FILE.has(answer.status)) return null;
    if (answer.status >= 300) throw refusalOfStatus(answer, { secrets, clock, variable: "FILES_URL", forbidden: "auth" });
    const wasEncoded = (answer.headers["content-encoding"] ?? "identity") !== "identity";
    return { bytes: answer.bytes, gunzipped: wasEncoded && !answer.bytes.subarray(0, 2).equals(GZIP_MAGIC) };
  }

  return { read, close: http.close };
}
