import { createHash } from "node:crypto";

const DIGEST_CHARS = 16;

/** Tells one credential from another without telling any of it: 64 bits of its SHA-256. */
export function accountOf(credential: string): string {
  return createHash("sha256").update(`dayfill account ${credential}`).digest("hex").slice(0, DIGEST_CHARS);
}
