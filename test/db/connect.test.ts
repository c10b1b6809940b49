import { expect, test } from "vitest";
import { isAway, reaching, sqlState } from "@/server/db/connect";
import { DatabaseAwayError } from "@/server/sync/errors";

const coded = (code: string, message = "x") => Object.assign(new Error(message), { code });

test.each([
  ["connection failure", coded("08006")],
  ["shutdown by an administrator", coded("57P01")],
  ["crash of another backend", coded("57P02")],
  ["starting up", coded("57P03")],
  ["database dropped", coded("57P04")],
  ["too many connections", coded("53300")],
  ["nobody listens", coded("ECONNREFUSED")],
  ["the line was reset", coded("ECONNRESET")],
  ["the socket file is gone", coded("ENOENT")],
  ["the name is unknown", coded("ENOTFOUND")],
  ["pg: cut in the middle", new Error("Connection terminated unexpectedly")],
  ["pg: no connection in time", new Error("timeout exceeded when trying to connect")],
  ["pg: no greeting in time", new Error("timeout expired")],
  ["pg: no answer in time", new Error("Query read timeout")],
  ["pg: a client that died before", new Error("Client has encountered a connection error and is not queryable")],
  ["already named", new DatabaseAwayError(new Error("x"))],
])("away: %s", (_what, error) => {
  expect(isAway(error)).toBe(true);
});

test.each([
  ["wrong password", coded("28P01")],
  ["unknown database", coded("3D000")],
  ["unknown table", coded("42P01")],
  ["missing right", coded("42501")],
  ["statement timeout", coded("57014")],
  ["lock timeout", coded("55P03")],
  ["disk full", coded("53100")],
  ["the fence", coded("SY001")],
  ["a fault of ours", new TypeError("x is not a function")],
  ["no error at all", null],
  ["a string", "Connection"],
])("not away: %s", (_what, error) => {
  expect(isAway(error)).toBe(false);
});

test("only five letters and digits are an SQLSTATE", () => {
  expect(sqlState(coded("SY001"))).toBe("SY001");
  expect(sqlState(coded("ECONNRESET"))).toBeNull();
  expect(sqlState(null)).toBeNull();
});

test("reaching changes what is away, and nothing else", async () => {
  const fault = new TypeError("x");
  await expect(reaching(() => Promise.reject(fault))).rejects.toBe(fault);
  const lost = coded("ECONNRESET");
  await expect(reaching(() => Promise.reject(lost))).rejects.toMatchObject({ name: "DatabaseAwayError", cause: lost });
  const named = new DatabaseAwayError(lost);
  await expect(reaching(() => Promise.reject(named))).rejects.toBe(named);
});
