import { expect, test } from "vitest";
import en from "@/cli/text/en.json";
import zh from "@/cli/text/zh-CN.json";
import { sayIn } from "@/cli/text";

type Tree = { [key: string]: string | Tree };

function leavesOf(tree: Tree, prefix = "cli."): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : leavesOf(value, `${prefix}${key}.`),
  );
}

/** A value for every argument of any sentence: a number is fine where a choice falls back to `other`. */
const filled = (text: string) => Object.fromEntries([...text.matchAll(/\{(\w+)/g)].map(([, name]) => [name ?? "", 7]));

test("both languages say the same things, and the Chinese knows no argument of its own", () => {
  const [english, chinese] = [new Map(leavesOf(en)), new Map(leavesOf(zh))];
  expect([...chinese.keys()]).toEqual([...english.keys()]);
  const strange = [...chinese].filter(([key, text]) =>
    Object.keys(filled(text)).some((name) => !(name in filled(english.get(key) ?? ""))),
  );
  expect(strange).toEqual([]);
});

test.each([
  ["en", en],
  ["zh-CN", zh],
] as const)("every sentence of %s can be said", (language, texts) => {
  const say = sayIn(language);
  for (const [key, text] of leavesOf(texts)) {
    const said = say(key, filled(text));
    expect(said, key).not.toBe("");
    expect(said, key).not.toContain(key);
  }
});
