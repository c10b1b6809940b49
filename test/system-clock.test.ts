import { expect, test } from "vitest";
import { systemClock } from "@/server/system-clock";

test("a sleep that is cut short rejects with the reason of the cut", async () => {
  const cut = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, cut.signal);
  const reason = new Error("lease lost");
  cut.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(systemClock.sleep(1, cut.signal)).rejects.toBe(reason);
});

test("a sleep that nobody cuts short ends by itself", async () => {
  await expect(systemClock.sleep(1)).resolves.toBeUndefined();
  await expect(systemClock.sleep(1, new AbortController().signal)).resolves.toBeUndefined();
});
