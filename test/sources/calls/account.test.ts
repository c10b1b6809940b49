import { expect, test } from "vitest";
import { accountOf } from "@/server/sources/calls/account";

test("an account tells one credential from another, and nothing of it", () => {
  const token = "f00dfeedf00dfeedf00dfeedf00dfeed";
  expect(accountOf(token)).toBe(accountOf(token));
  expect(accountOf(token)).not.toBe(accountOf(`${token}0`));
  expect(accountOf(token)).toMatch(/^[0-9a-f]{16}$/);
  expect(token).not.toContain(accountOf(token).slice(0, 6));
});
