import { expect, test } from "vitest";
import { readConfig } from "@/server/config/read-config";
import { VARIABLES } from "@/server/config/variables";
import { addressOfConnection } from "@/server/db/address";

const shown = (environment: Record<string, string>, file = "") =>
  new Map(readConfig(environment, file).shown.map((variable) => [variable.name, variable]));

test("every variable is shown, with its text and where it comes from; an empty one counts as unset", () => {
  const found = shown({ PORT: "8001", OPERATOR_NAME: " " }, "PORT=8002\nCALENDAR=XNYS\n");
  expect([...found.keys()]).toEqual(Object.keys(VARIABLES));
  expect(found.get("PORT")).toEqual({ name: "PORT", value: "8001", origin: "environment", secret: false });
  expect(found.get("CALENDAR")).toMatchObject({ value: "XNYS", origin: "file" });
  expect(found.get("SYNC_LOADERS")).toMatchObject({ value: "2", origin: "default" });
  expect(found.get("OPERATOR_NAME")).toMatchObject({ value: null, origin: "default" });
});

test("a secret is said to be set and never shown; passwords and queries in other addresses are taken out", () => {
  const found = shown({
    DATABASE_URL: "postgres://me:hunter2@db:5432/x",
    NOTIFY_URL: "https://hooks.example.com/hunter2",
    SOURCE: "files",
    FILES_URL: "https://me:hunter2@files.example.com/{yyyy}.csv?sig=hunter2",
  });
  expect(JSON.stringify([...found.values()])).not.toContain("hunter2");
  expect(found.get("DATABASE_URL")).toEqual({ name: "DATABASE_URL", value: null, origin: "environment", secret: true });
  expect(found.get("FILES_URL")?.value).toBe("https://***@files.example.com/{yyyy}.csv?***");
});

test.each([
  ["postgres://me:pw@db.example.com:6432/market?sslmode=require", "db.example.com:6432", "market"],
  ["postgres://me@db/", "db:5432", null],
  ["postgres://me:pw@localhost/market?host=/run/postgresql", "/run/postgresql:5432", "market"],
  ["postgres://me:pw@[::1]:5433/m%20x", "[::1]:5433", "m x"],
])("%s is shown as %s, database %s", (connectionString, address, name) => {
  expect(addressOfConnection({ connectionString })).toEqual({ address, name });
});
