import { expect, test } from "vitest";
import { projectFiles } from "../support/project-files";

const TEST = /\.(test|e2e|long)\.tsx?$/;
const shared = () => projectFiles(/\.tsx?$/).filter(({ path }) => path.startsWith("test/") && !TEST.test(path));
const holding = (pattern: RegExp, files = shared()) => files.filter(({ code }) => pattern.test(code)).map(({ path }) => path);

// Test files of a worker share their modules: what a helper does when it is read, it does for the first of them only.
test("helpers register their hooks when they are called, never when they are read", () => {
  expect(holding(/^(before|after)(Each|All)\(/m)).toEqual([]);
});

test("no test replaces a module: fakes come in through ports", () => {
  const all = projectFiles(/\.tsx?$/).filter(({ path }) => path.startsWith("test/") && !path.startsWith("test/house/"));
  expect(holding(/\bvi\.(mock|doMock|stubEnv|stubGlobal)\(/, all)).toEqual([]);
});
