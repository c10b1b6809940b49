import type { Log } from "@/server/sync/ports";

export interface LogLine {
  level: keyof Log;
  fields: object;
  message: string;
}

/** A log that keeps what was said, for tests that ask for it. */
export function recordingLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const hear = (level: keyof Log) => (fields: object, message: string) => void lines.push({ level, fields, message });
  return { lines, info: hear("info"), warn: hear("warn"), error: hear("error") };
}
