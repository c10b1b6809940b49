import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SourceTest } from "@/lib/contract/source";
import { isFinal } from "@/lib/contract/task-rules";
import { PROVIDERS } from "./refusals/providers";
import { casesOf, everyCase } from "./refusals/case";
import { LONGER_THAN_ANY_WAIT_MS, openScene, type Scene } from "./refusals/scene";

/** Long enough for many looks for work, every one of which would ask the provider if a pause let it. */
const A_WHILE_MS = 300;

const PAUSED = {
  quota: { en: "Paused: the allowance of the source is used up", zh: "已暂停: 数据源的调用额度已用完" },
  banned: { en: "Paused: the source has blocked this address", zh: "已暂停: 数据源封禁了本机地址" },
} as const;

describe.each(PROVIDERS)("$name", (provider) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene(provider);
  });
  beforeEach(() => scene.atNoon());
  afterEach(() => scene.tidy());
  afterAll(() => scene.close());

  test.each(casesOf(provider, "later"))(
    "later ($what): a past day fails after its tries, a day that is not due waits",
    async (one) => {
      const { app, today } = scene;
      const days = await scene.begin(one);
      const past = await app.sync(days[0], days[2]);
      await scene.expectFailed(past, days, one);
      expect(scene.calls()).toBe(one.calls);

      const early = await app.sync(today, today);
      expect(early).toMatchObject({ status: "completed", skipped: 1, failed: 0, errors: [] });
      expect(await scene.daysOf(early)).toMatchObject([{ date: today, status: "skipped", reason: "not_published" }]);
      expect(scene.calls()).toBe(one.calls + one.notDueCalls);

      scene.atNight();
      const late = await app.sync(today, today);
      if (one.todayOnceDue === "waits")
        expect(await scene.daysOf(late)).toMatchObject([{ reason: "not_published", error: null }]);
      else await scene.expectFailed(late, [today], one);
      expect(await scene.stored()).toBe(0);
      await scene.healed(days);
    },
  );

  test.each(casesOf(provider, "rate"))("rate ($what): waits as told, says so, and costs no try", async (one) => {
    const { app } = scene;
    const days = await scene.begin(one);
    const taskId = await app.start(days[0], days[2]);
    const seen = await app.progressWhen(taskId, ({ status, wait }) => isFinal(status) || wait !== null);
    expect(seen).toMatchObject({ status: "running", phase: "waiting", errors: [] });
    expect(seen.wait).toEqual({ code: "rate_limited", until: scene.instantIn(one.waitMs) });
    expect(await scene.saidOfLastCall()).toEqual(one.says);
    expect(scene.calls()).toBe(1);
    expect(await scene.stored()).toBe(0);
    await scene.heal();
    const done = await app.settle(taskId);
    expect(done).toMatchObject({ status: "completed", success: 3, failed: 0 });
    expect((await scene.daysOf(done)).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
    expect(await scene.stored()).toBe(3 * scene.rows);
  });

  test.each(casesOf(provider, "quota"))(
    "quota ($what): pauses until its time, asks for nothing, goes on by itself",
    async (one) => {
      const { app } = scene;
      const days = await scene.begin(one);
      const taskId = await app.start(days[0], days[2]);
      const paused = await app.progressWhen(taskId, ({ status }) => isFinal(status) || status === "paused");
      const resume_at = scene.instantIn(one.forMs);
      expect(paused).toMatchObject({ status: "paused", success: 0, failed: 0, errors: [] });
      expect(paused.pause).toEqual({ reason: one.reason, by: null, resume_at, detail: one.said });
      const at = resume_at.slice(0, 16).replace("T", " ");
      expect(await scene.messageOf(taskId)).toEqual({
        en: `${PAUSED[one.reason].en}; goes on by itself at ${at}`,
        zh: `${PAUSED[one.reason].zh}，将于 ${at} 自动继续`,
      });
      expect(scene.calls()).toBe(one.calls);
      await sleep(A_WHILE_MS);
      expect(scene.calls()).toBe(one.calls);
      expect(await scene.stored()).toBe(0);
      await scene.heal();
      await scene.timePasses(one.forMs);
      expect(await app.settle(taskId)).toMatchObject({ status: "completed", success: 3, failed: 0, pause: null });
      expect(await scene.stored()).toBe(3 * scene.rows);
    },
  );

  test.each([...casesOf(provider, "auth"), ...casesOf(provider, "plan")])(
    "auth and plan ($what): the day fails, and the rest at once with the same words",
    async (one) => {
      const days = await scene.begin(one);
      const done = await scene.app.sync(days[0], days[2]);
      await scene.expectFailed(done, days, { ...one, attempts: [1, 0, 0] });
      expect(scene.calls()).toBe(one.calls);
      await scene.healed(days);
    },
  );

  test.each(casesOf(provider, "broken"))("broken ($what): is tried again, then the day fails", async (one) => {
    const days = await scene.begin(one);
    const done = await scene.app.sync(days[0], days[2]);
    await scene.expectFailed(done, days, one);
    expect(scene.calls()).toBe(one.calls);
    await scene.healed(days);
  });

  test.each(everyCase(provider))("a test of the source ($what) says what is wrong and what to do", async (one) => {
    const [day] = await scene.begin(one);
    const says = scene.placed(one.says, day);
    const messages = await scene.inBoth(async (headers) => {
      const { body } = await scene.app.api<SourceTest>("/source/test", { body: { day }, headers });
      await scene.forget();
      return body.data.message;
    });
    expect(messages).toEqual({ en: `${says.en}. ${one.advice.en}`, zh: `${says.zh}。${one.advice.zh}` });
    expect(await scene.stored()).toBe(0);
    await scene.heal();
    await scene.timePasses(LONGER_THAN_ANY_WAIT_MS);
    expect((await scene.app.api<SourceTest>("/source/test", { body: { day } })).body.data.outcome).toBe("rows");
  });

  test.each(provider.secrets)("its secret %s stands in no line of the log, no event, no table and no answer", async (secret) => {
    const everything = await scene.everythingSaid();
    expect(everything).toContain("source_error");
    expect(everything).not.toContain(secret);
  });
});
