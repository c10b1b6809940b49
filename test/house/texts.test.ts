import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { join } from "node:path";
import { DAY_ERROR_CODES, DAY_WARNING_CODES, PLAN_WARNING_CODES, PROBLEM_STATUS, TASK_ERROR_CODES } from "@/lib/contract/problem";
import { SOURCE_ADVICE_CODES } from "@/lib/contract/source";
import { PAUSE_REASONS, TASK_STATUSES, TASK_TYPES, WAIT_CODES } from "@/lib/contract/task";
import { projectFiles, ROOT } from "../support/project-files";

type Tree = { [key: string]: string | Tree };

const read = (language: string) => JSON.parse(readFileSync(join(ROOT, "lib", "text", `${language}.json`), "utf8")) as Tree;
const en = leavesOf(read("en"));
const zh = leavesOf(read("zh-CN"));

function leavesOf(tree: Tree, prefix = ""): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") leaves.set(prefix + key, value);
    else for (const [path, text] of leavesOf(value, `${prefix}${key}.`)) leaves.set(path, text);
  }
  return leaves;
}

/** Nodes of a parsed message, as far as they are of interest: arguments have a name in `value`, choices have `options`. */
interface Node {
  type: number;
  value?: string;
  options?: Record<string, { value: Node[] }>;
  children?: Node[];
}
const LITERAL = 0;
const PLURAL = 6;
const POUND = 7;

// The parser that use-intl itself uses, so that a message which passes here is one that the page can say.
const ofUseIntl = createRequire(createRequire(import.meta.url).resolve("use-intl"));
const { parse } = (await import(pathToFileURL(ofUseIntl.resolve("@formatjs/icu-messageformat-parser")).href)) as {
  parse(text: string): Node[];
};

function argumentsOf(nodes: Node[]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes) {
    if (node.type !== LITERAL && node.type !== POUND && node.value) names.add(node.value);
    for (const { value } of Object.values(node.options ?? {})) for (const name of argumentsOf(value)) names.add(name);
    for (const name of argumentsOf(node.children ?? [])) names.add(name);
  }
  return names;
}

/** What a message tells apart by number. */
function numbersIn(nodes: Node[]): string[] {
  return nodes.flatMap(({ type, options = {}, children = [] }) => {
    const inside = [...Object.values(options).flatMap(({ value }) => value), ...children];
    return [...(type === PLURAL ? Object.keys(options) : []), ...numbersIn(inside)];
  });
}

const faultOf = (text: string) => {
  try {
    parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

test("both languages say the same things", () => {
  expect([...zh.keys()].filter((key) => !en.has(key))).toEqual([]);
  expect([...en.keys()].filter((key) => !zh.has(key))).toEqual([]);
});

test.each([
  ["en", en],
  ["zh-CN", zh],
])("every sentence of %s is a message that can be read, and none is empty", (_language, texts) => {
  const faults = [...texts].flatMap(([key, text]) => {
    const fault = text.trim() === "" ? "is empty" : faultOf(text);
    return fault ? [`${key}: ${fault}`] : [];
  });
  expect(faults).toEqual([]);
});

test("Chinese has no singular: what is said of one alone stands under =1", () => {
  const never = [...zh].filter(([, text]) =>
    numbersIn(parse(text)).some((number) => number !== "other" && !number.startsWith("=")),
  );
  expect(never.map(([key]) => key)).toEqual([]);
});

/** By the last word of its key alone, so that a key built from pieces counts too: what this finds is surely not said. */
test("every sentence is named where something is said", () => {
  const code = projectFiles(/\.tsx?$/)
    .filter(({ path }) => !path.startsWith("test/"))
    .map((file) => file.code)
    .join("\n");
  const quoted = new Set([...code.matchAll(/(?<=["'`./}])[\w-]+(?=["'`])/g)].map(([name]) => name));
  expect([...en.keys()].filter((key) => !quoted.has(key.split(".").at(-1) ?? ""))).toEqual([]);
});

test("a sentence uses no argument that the other language does not know", () => {
  const differences = [...en].flatMap(([key, text]) => {
    const [here, there] = [text, zh.get(key) ?? ""].map((each) => (faultOf(each) ? new Set<string>() : argumentsOf(parse(each))));
    const strange = [...(there ?? [])].filter((name) => !here?.has(name));
    return strange.length > 0 ? [`${key}: only in Chinese: ${strange.join(", ")}`] : [];
  });
  expect(differences).toEqual([]);
});

test.each([
  ["problem", Object.keys(PROBLEM_STATUS)],
  ["dayError", DAY_ERROR_CODES],
  ["dayWarning", DAY_WARNING_CODES],
  ["taskError", TASK_ERROR_CODES],
  ["planWarning", PLAN_WARNING_CODES],
  ["sourceAdvice", SOURCE_ADVICE_CODES],
  ["pauseReason", PAUSE_REASONS],
  ["waitReason", WAIT_CODES],
  ["status", TASK_STATUSES],
  ["taskType", TASK_TYPES],
] as const)("every code of %s has its sentence, and no sentence has lost its code", (namespace, codes) => {
  const said = [...en.keys()].filter((key) => key.startsWith(`${namespace}.`)).map((key) => key.slice(namespace.length + 1));
  expect(said.sort()).toEqual([...codes].sort());
});
