import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { listen } from "./http-server";
import { aTerminal, until } from "./terminal";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Heard {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
}

/** A server that answers what the test says, call by call; the last answer stands for all that follow. */
async function aServer(...answers: ((response: ServerResponse) => void)[]) {
  const heard: Heard[] = [];
  const server = await listen((request, response) => {
    request.resume();
    const answer = answers[Math.min(heard.length, answers.length - 1)];
    heard.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    answer?.(response);
  });
  closers.push(server.close);
  return { ...server, heard };
}

const json = (status: number, body: object) => (response: ServerResponse) =>
  void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
const good = (data: unknown) => json(200, { status: "success", data });
const refusal = (status: number, code: string) => json(status, { status: "error", code, message: `says ${code}`, params: {} });
const started = good({ task_id: "T", total_days: 1, message: "started" });
const nothing = () => {};
const cut = (response: ServerResponse) => void response.destroy();
const START = ["start", "2025-10-01"];

test("nobody listens: 5, with the address and what to do", async () => {
  const { url, close } = await aServer(started);
  await close();
  const terminal = aTerminal();
  expect(await terminal.run(...START, "--url", url)).toBe(5);
  expect(terminal.written.stderr).toContain(url);
  expect(terminal.written.stderr).toContain("nobody listens");
  expect(terminal.written.stderr).toContain("DAYFILL_URL");
});

test("a server that never answers does not hang the terminal: 5 after the deadline", async () => {
  const { url, heard } = await aServer(nothing);
  const terminal = aTerminal({ deadlineMs: 500 });
  expect(await terminal.run("list", "--url", url)).toBe(5);
  expect(terminal.written.stderr).toContain("0.5 s");
  expect(heard).toHaveLength(3);
});

test("an answer that stops in the middle does not hang either", async () => {
  const { url } = await aServer((response) => void response.writeHead(200).write('{"status":'));
  expect(await aTerminal({ deadlineMs: 500 }).run("list", "--url", url)).toBe(5);
});

test.each([
  ["a page of a proxy", (response: ServerResponse) => void response.writeHead(502).end("<html>Bad Gateway</html>")],
  ["another JSON", json(200, { hello: "world" })],
  ["null", (response: ServerResponse) => void response.end("null")],
  ["a redirect", (response: ServerResponse) => void response.writeHead(302, { Location: "/" }).end()],
  ["a database that is away", refusal(503, "database_unavailable")],
  ["an internal error", refusal(500, "internal_error")],
])("%s is no answer: 5", async (_what, answer) => {
  const { url } = await aServer(answer);
  expect(await aTerminal().run("status", "--url", url)).toBe(5);
});

test("a start whose answer was lost is sent again under the same key", async () => {
  const { url, heard } = await aServer(cut, refusal(503, "database_unavailable"), started);
  expect(await aTerminal().run(...START, "--url", url)).toBe(0);
  const keys = heard.map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test("two starts have two keys, and --key is taken as it is", async () => {
  const { url, heard } = await aServer(started);
  await aTerminal().run(...START, "--url", url);
  await aTerminal().run(...START, "--url", url);
  await aTerminal().run(...START, "--url", url, "--key", "night of 2025-10-01");
  const [first, second, third] = heard.map(({ headers }) => headers["idempotency-key"]);
  expect(first).not.toBe(second);
  expect(third).toBe("night of 2025-10-01");
});

test.each(["cancel", "pause", "resume"])("%s is sent once: whether it arrived is for a person to see", async (command) => {
  const { url, heard } = await aServer(cut);
  expect(await aTerminal().run(command, "T", "--url", url)).toBe(5);
  expect(heard).toHaveLength(1);
});

test.each([
  ["sync_already_running", 409, 3],
  ["queue_full", 409, 3],
  ["illegal_transition", 409, 2],
  ["nothing_to_retry", 409, 2],
  ["task_not_found", 404, 2],
  ["future_date", 400, 2],
  ["idempotency_key_reused", 422, 2],
])("%s ends with its exit code and the server's sentence", async (code, status, exitCode) => {
  const { url } = await aServer(refusal(status, code));
  const terminal = aTerminal();
  expect(await terminal.run("retry", "T", "--url", url)).toBe(exitCode);
  expect(terminal.written.stderr).toBe(`says ${code}\n`);
  const program = aTerminal();
  expect(await program.run("retry", "T", "--url", url, "--json")).toBe(exitCode);
  expect(program.objects()).toEqual([{ type: "end", exit_code: exitCode, error: { code, message: `says ${code}`, params: {} } }]);
});

test("who asks travels in the header, Chinese included, and so do the language and a password of the address", async () => {
  const { url, heard } = await aServer(started);
  const environment = { DAYFILL_URL: url.replace("//", "//ann:s%40fe@"), DAYFILL_OPERATOR: "李雷" };
  await aTerminal({ environment }).run(...START, "--lang", "zh");
  await aTerminal({ environment }).run(...START, "--operator", "Ann");
  expect(heard[0]?.headers).toMatchObject({
    "x-operator": encodeURIComponent("李雷"),
    "accept-language": "zh-CN",
    authorization: `Basic ${Buffer.from("ann:s@fe").toString("base64")}`,
  });
  expect(heard[1]?.headers["x-operator"]).toBe("Ann");
});

test("a password of the address is never shown", async () => {
  const terminal = aTerminal();
  await terminal.run("list", "--url", "http://ann:secret@127.0.0.1:9");
  expect(terminal.written.stdout + terminal.written.stderr).not.toContain("secret");
});

test("a server below a path is reached there", async () => {
  const { url, heard } = await aServer(started);
  await aTerminal().run(...START, "--url", `${url}/dayfill/`);
  expect(heard[0]?.path).toBe("/dayfill/api/v1/sync-status/sync/batch");
});

test("Ctrl-C before the answer of a start says that it may have arrived", async () => {
  const { url, heard } = await aServer(nothing);
  const terminal = aTerminal();
  const ended = terminal.run(...START, "--url", url);
  await until(() => heard.length === 1);
  terminal.interrupt();
  expect(await ended).toBe(130);
  expect(terminal.written.stderr).toContain("may have arrived");
});

test("a watched server that stays away longer than the patience: 5", async () => {
  const { url } = await aServer(started, cut);
  const terminal = aTerminal();
  expect(await terminal.run(...START, "--watch", "--patience", "0", "--url", url)).toBe(5);
  expect(terminal.written.stderr).toContain("does not answer");
});

test("a text of the server moves no cursor", async () => {
  const { url } = await aServer(json(400, { status: "error", code: "future_date", message: "a\u001B[2Jb\u0007", params: {} }));
  const terminal = aTerminal();
  await terminal.run(...START, "--url", url);
  expect(terminal.written.stderr).toBe("a [2Jb \n");
});
