import { type Logger, pino, type LoggerOptions } from "pino";
import pretty from "pino-pretty";

export type { Logger } from "pino";

/** What must never reach a log, wherever it hides: passwords in URLs, tokens in queries, bearer headers. */
const SECRETS: [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):[^\s/?#]*@/gi, "$1:***@"],
  [/([?&](?:token|key|api_?key|password|secret)=)[^&\s"]+/gi, "$1***"],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/g, "$1 ***"],
];

/** The text with passwords and tokens blotted out. */
function withoutSecrets(text: string): string {
  return SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}

const PATHS = ["password", "token", "cookie", "authorization", "databaseUrl", "connectionString"];

/**
 * The log of the server on standard output: for eyes when `logFormat` is pretty, else one JSON line per event with an ISO
 * time. Give the task as `task_id` in the fields, so that one task can be followed.
 */
export function createLog(
  config: { logLevel: string; logFormat: "pretty" | "json" },
  output: NodeJS.WritableStream = process.stdout,
): Logger {
  const options: LoggerOptions = {
    level: config.logLevel,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: PATHS.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), censor: "***" },
    hooks: { streamWrite: withoutSecrets },
  };
  if (config.logFormat === "json") return pino(options, output);
  return pino(
    options,
    pretty({
      destination: output,
      colorize: "isTTY" in output && output.isTTY === true,
      translateTime: "SYS:HH:MM:ss",
      ignore: "pid,hostname",
    }),
  );
}
