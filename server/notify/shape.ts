import type { Notice } from "./notice";

const textOnly = ({ text }: Notice) => ({ text });
const feishu = ({ text }: Notice) => ({ msg_type: "text", content: { text } });
const dingtalk = ({ text }: Notice) => ({ msgtype: "text", text: { content: text } });

/** `text` is a string for Slack and an object for DingTalk: no single body suits all, so the host decides. */
const SHAPES: [RegExp, (notice: Notice) => object][] = [
  [/(^|\.)slack(-gov)?\.com$/, textOnly],
  [/(^|\.)(feishu\.cn|larksuite\.com)$/, feishu],
  [/(^|\.)dingtalk\.com$/, dingtalk],
  [/^qyapi\.weixin\.qq\.com$/, dingtalk],
];

/** The body for the webhook of that host; elsewhere everything, with `text` for Slack's relatives and `content` for Feishu's. */
export function bodyFor(host: string, notice: Notice): object {
  const known = SHAPES.find(([pattern]) => pattern.test(host.toLowerCase()));
  return known ? known[1](notice) : { ...notice, ...feishu(notice) };
}

/** Feishu, DingTalk and WeCom refuse with status 200 and a code in the body; null = taken. */
export function refusalIn(body: string): string | null {
  try {
    const reply = JSON.parse(body) as { errcode?: unknown; code?: unknown; StatusCode?: unknown } | null;
    const code = reply?.errcode ?? reply?.StatusCode ?? reply?.code;
    return typeof code === "number" && code !== 0 ? `code ${code}` : null;
  } catch {
    return null;
  }
}
