import { parseArgs } from "node:util";
import { type Day, isDay } from "@/lib/contract/day";
import { UsageError } from "./faults";

const YES = { type: "boolean" } as const;
const TEXT = { type: "string" } as const;

const EVERYWHERE = { url: TEXT, operator: TEXT, lang: TEXT, json: YES, help: { ...YES, short: "h" } } as const;
const PLAN = { force: YES, desc: YES, "accept-incomplete": YES } as const;
const WATCHING = { "cancel-on-interrupt": YES, patience: TEXT } as const;
const OWN = { queue: YES, priority: TEXT, key: TEXT, watch: YES, unfinished: YES, limit: TEXT } as const;

const OPTIONS = { ...EVERYWHERE, ...PLAN, ...WATCHING, ...OWN };
type Option = keyof typeof OPTIONS;

const PLAN_OPTIONS = Object.keys(PLAN) as Option[];
const WATCH_OPTIONS = Object.keys(WATCHING) as Option[];

/** Every command: what stands behind it, and the options it knows besides those that all know. */
const COMMANDS = {
  start: { takes: "days", options: [...PLAN_OPTIONS, ...WATCH_OPTIONS, "queue", "priority", "key", "watch"] },
  preview: { takes: "days", options: PLAN_OPTIONS },
  watch: { takes: "task or nothing", options: WATCH_OPTIONS },
  status: { takes: "task or nothing", options: [] },
  cancel: { takes: "task", options: [] },
  pause: { takes: "task", options: [] },
  resume: { takes: "task", options: [...WATCH_OPTIONS, "watch"] },
  retry: { takes: "task", options: [...WATCH_OPTIONS, "key", "watch", "unfinished", "accept-incomplete"] },
  queue: { takes: "nothing", options: [] },
  list: { takes: "nothing", options: ["limit"] },
  help: { takes: "nothing", options: [] },
} as const satisfies Record<string, { takes: string; options: readonly Option[] }>;

type CommandName = keyof typeof COMMANDS;

/** A day, or the exchange's today, which only the server knows. */
export type DayWord = Day | "today";

/** The command line, read and checked as far as that goes without a server. */
export interface Asked {
  command: CommandName;
  days: { from: DayWord; to: DayWord } | null;
  task: string | null;
  force: boolean;
  acceptIncomplete: boolean;
  order: "asc" | "desc";
  queue: boolean;
  priority: number | null;
  key: string | null;
  watch: boolean;
  cancelOnInterrupt: boolean;
  patienceMs: number;
  only: "failed" | "unfinished";
  limit: number;
  json: boolean;
  url: string | null;
  operator: string | null;
}

/** Reads the words behind `npm run sync --`. Throws UsageError. */
export function readArguments(argv: readonly string[]): Asked {
  const { values, positionals } = parse(argv);
  const [word = "help", ...rest] = positionals;
  const command = values.help ? "help" : word;
  if (!isCommand(command)) throw new UsageError("unknownCommand", { command: word });
  const about: { takes: string; options: readonly Option[] } = COMMANDS[command];
  const strange = (Object.keys(values) as Option[]).find((name) => !(name in EVERYWHERE) && !about.options.includes(name));
  if (strange && command !== "help") throw new UsageError("tooMany", { command, extra: `--${strange}` });
  const watch = values.watch ?? command === "watch";
  for (const option of WATCH_OPTIONS)
    if (values[option] !== undefined && !watch && command !== "help") throw new UsageError("needsWatch", { option });
  if (values.priority !== undefined && !values.queue) throw new UsageError("needsQueue");
  return {
    command,
    ...subjects(command, about.takes, command === "help" ? [] : rest),
    force: values.force ?? false,
    acceptIncomplete: values["accept-incomplete"] ?? false,
    order: values.desc ? "desc" : "asc",
    queue: values.queue ?? false,
    priority: values.priority === undefined ? null : wholeNumber("priority", values.priority, 0, 9),
    key: values.key ?? null,
    watch,
    cancelOnInterrupt: values["cancel-on-interrupt"] ?? false,
    patienceMs: wholeNumber("patience", values.patience ?? "120", 0, 86_400) * 1000,
    only: values.unfinished ? "unfinished" : "failed",
    limit: wholeNumber("limit", values.limit ?? "20", 1, 200),
    json: values.json ?? false,
    url: values.url ?? null,
    operator: values.operator ?? null,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError("badOption", { detail: (error as Error).message });
  }
}

const isCommand = (word: string): word is CommandName => Object.hasOwn(COMMANDS, word);

function subjects(command: string, takes: string, words: string[]): Pick<Asked, "days" | "task"> {
  const [first, second = first] = words;
  const most = takes === "days" ? 2 : takes === "nothing" ? 0 : 1;
  if (words.length > most) throw new UsageError("tooMany", { command, extra: words[most] ?? "" });
  if (takes === "days") {
    if (first === undefined || second === undefined) throw new UsageError("needsDays", { command });
    const [from, to] = [dayWord(first), dayWord(second)];
    if (from !== "today" && to !== "today" && to < from) throw new UsageError("badRange", { start: from, end: to });
    return { days: { from, to }, task: null };
  }
  if (takes === "task" && first === undefined) throw new UsageError("needsTask", { command });
  return { days: null, task: first ?? null };
}

function dayWord(text: string): DayWord {
  if (text === "today" || isDay(text)) return text;
  throw new UsageError("badDay", { got: text });
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError("badNumber", { option, min, max, got: text });
}
