import { expect, test } from "vitest";
import { bytesParts } from "@/components/settings/bytes-parts";
import { withPushed } from "@/components/settings/instances-section";
import type { SyncState } from "@/lib/contract/events";
import type { InstanceSettings } from "@/lib/contract/settings";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [24_576, "25 kB"],
  [344_064, "344 kB"],
  [999_600, "1.0 MB"],
  [9_960_000, "10 MB"],
  [1_240_000_000, "1.2 GB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (bytes, text) => {
  const { figure, unit } = bytesParts(bytes);
  expect(`${figure} ${unit}`).toBe(text);
});

const read = (id: string): InstanceSettings => ({
  id,
  name: id,
  address: "127.0.0.1:8000",
  version: "0.1.0",
  started_at: "2025-11-19T14:08:00+08:00",
  seen_at: "2025-11-19T14:08:00+08:00",
  holder: true,
  renewed_ms_ago: 9_000,
  watching: 1,
});
const pushed = (ids: string[], ok = true) =>
  ({
    instances: ids.map((id) => ({ id, name: id, holder: false, renewed_ms_ago: null })),
    database: ok ? { ok: true, ms: 1 } : { ok: false, since: "2025-11-19T14:08:00+08:00" },
  }) as unknown as SyncState;

test("an instance that the pushed state no longer names is gone, and the lease is as it was pushed", () => {
  expect(withPushed([read("a"), read("b")], pushed(["b", "c"]))).toMatchObject([
    { id: "b", holder: false, renewed_ms_ago: null },
  ]);
});

test("without a pushed state that knows better, what was read stands", () => {
  const both = [read("a"), read("b")];
  expect(withPushed(both, null)).toEqual(both);
  expect(withPushed(both, pushed(["b"], false))).toEqual(both);
});
