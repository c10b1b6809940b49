import type { IncomingHttpHeaders } from "node:http";

/** What came back over http, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The whole body, `Content-Encoding` undone. Of a failure (status from 400 on) at most 64 kB, or nothing where it did not arrive. */
  bytes: Buffer;
  /** Scheme, host and path that answered, as they may be shown. */
  detail: string;
}
