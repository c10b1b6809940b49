import { expect, test } from "vitest";
import { makeNotice } from "@/server/notify/notice";
import { bodyFor, refusalIn } from "@/server/notify/shape";
import { aTask } from "../support/builders";

const notice = makeNotice("task_finished", aTask({ status: "completed", failed: 1 }), [], {
  origin: null,
  zone: "Asia/Shanghai",
});
const { text } = notice;

test.each([
  ["hooks.slack.com", { text }],
  ["open.feishu.cn", { msg_type: "text", content: { text } }],
  ["open.larksuite.com", { msg_type: "text", content: { text } }],
  ["oapi.dingtalk.com", { msgtype: "text", text: { content: text } }],
  ["OAPI.DingTalk.com", { msgtype: "text", text: { content: text } }],
  ["qyapi.weixin.qq.com", { msgtype: "text", text: { content: text } }],
])("%s gets the body it understands", (host, body) => {
  expect(bodyFor(host, notice)).toEqual(body);
});

test.each(["example.com", "notslack.com", "slack.com.example.com", "mattermost.local"])(
  "%s gets everything, with the text as a string",
  (host) => {
    expect(bodyFor(host, notice)).toMatchObject({ event: "task_finished", text, msg_type: "text", content: { text }, failed: 1 });
  },
);

test("without an origin there is no link, and the text has one line in each language", () => {
  expect(notice.link).toBeNull();
  expect(text.split("\n").map((line) => /\p{Script=Han}/u.test(line))).toEqual([true, false]);
});

test.each([
  ['{"errcode":0,"errmsg":"ok"}', null],
  ['{"code":0,"msg":"success"}', null],
  ['{"StatusCode":0,"StatusMessage":"success"}', null],
  ['{"errcode":310000}', "code 310000"],
  ['{"code":19024}', "code 19024"],
  ["ok", null],
  ["", null],
  ["null", null],
  ["<html>", null],
])("the reply %s means %s", (body, refusal) => {
  expect(refusalIn(body)).toBe(refusal);
});
