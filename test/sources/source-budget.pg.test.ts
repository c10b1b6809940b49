import { expect, onTestFinished, test } from "vitest";
import type { Preview } from "@/lib/contract/plan";
import { say } from "@/server/http/language";
import { startApp } from "../support/app";
import { startFakeTushare, TUSHARE_TOKEN, tushareSays } from "../support/fake-tushare";
import { anAnswer } from "../support/wire-faults";

test("what Tushare says of its allowance becomes the preview's sentence", async () => {
  const fake = await startFakeTushare({ stocks: 40 });
  onTestFinished(fake.close);
  const app = await startApp({ env: { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url } });
  onTestFinished(app.stop);
  const range = { start_date: "2024-01-02", end_date: "2024-01-12" };
  const warning = async () => {
    const { body } = await app.api<Preview>("/sync/batch/preview", { body: range });
    return body.data.warnings.find(({ code }) => code === "source_budget");
  };
  /** The warning of the allowance alone: that the source is left alone says enough by itself. */
  const openedAgain = async () => {
    expect(await warning()).toBeUndefined();
    await app.ask("DELETE FROM sync_closed_source");
    return warning();
  };
  expect(await warning()).toBeUndefined();

  fake.fail(tushareSays(40203, "抱歉，您每天最多访问该接口5次，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。"));
  await app.api("/source/test", { body: { day: "2024-01-02" } });
  fake.heal();
  const found = await openedAgain();
  expect(found).toMatchObject({ params: { needed: 9, left: 0, at: expect.stringMatching(/^\d{4}-\d\d-\d\d 00:0\d$/) } });
  expect(say("en", "planWarning.source_budget", found?.params)).toMatch(
    /^The source has 0 calls left, this takes about 9: the sync will pause until there are new ones \(.+ 00:0\d\)$/,
  );
});

test("a limit by the minute is no reason to warn: it costs time and no pause", async () => {
  const fake = await startFakeTushare({ stocks: 40 });
  onTestFinished(fake.close);
  const app = await startApp({ env: { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url } });
  onTestFinished(app.stop);
  fake.fail(anAnswer(JSON.stringify({ code: 40203, data: null, msg: "抱歉，您每分钟最多访问该接口2次" })));
  await app.api("/source/test", { body: { day: "2024-01-02" } });
  const { body } = await app.api<Preview>("/sync/batch/preview", { body: { start_date: "2024-01-02", end_date: "2024-01-12" } });
  expect(body.data.warnings.map(({ code }) => code)).not.toContain("source_budget");
});
