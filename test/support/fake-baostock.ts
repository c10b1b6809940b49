import { createServer, type Socket } from "node:net";
import { crc32, deflateSync } from "node:zlib";
import type { Day } from "@/lib/contract/day";
import { createMarket, type FakeMarket } from "./fake-baostock-market";
import { listenOnLoopback } from "./loopback";

const SEPARATOR = "\x01";
const END_MARK = "<![CDATA[]]>\n";
const BOMB = deflateSync(Buffer.alloc(8_000_000, 0x61));
const HEADER_BYTES = 21;

/** What goes wrong with the answer to one request. */
export type BaostockFault =
  /** So many bytes of the answer, then the line is cut. */
  | { drop: number }
  /** So many bytes of the answer (or all but so many), then nothing. */
  | { stall: number }
  /** One byte at a time, with this pause. */
  | { dribbleMs: number }
  | { afterMs: number }
  /** Answered well, but not before this. */
  | { until: Promise<void> }
  | { error: [code: string, words: string] }
  /** Other rows than the market has. */
  | { records(records: string[][]): string[][] }
  | { data: string }
  | "wrong_crc"
  | "wrong_length"
  | "bad_utf8"
  | "truncated_zlib"
  | "bomb"
  | "oversized"
  /** A small frame by its header, 10 MB behind it, and no end mark. */
  | "endless"
  | "garbage"
  | "not_logged_in";

/** One request as the server understood it. */
export interface BaostockRequest {
  method: string;
  fields: string[];
  /** Of this method, counted from 1. */
  number: number;
}

export const BLACKLISTED: BaostockFault = { error: ["10001011", "黑名单用户"] };
export const TOO_MANY_LOGINS: BaostockFault = { error: ["10001005", "用户登录数超过上限"] };

export type FakeBaostock = Awaited<ReturnType<typeof startFakeBaostock>>;

/** A server that speaks the wire format of Baostock byte for byte. It does not use the codec of the project. */
export async function startFakeBaostock(market: FakeMarket) {
  const rows = createMarket(market);
  const requests: BaostockRequest[] = [];
  const lines = { open: 0, most: 0, total: 0 };
  const sockets = new Set<Socket>();
  const counts = new Map<string, number>();
  const fake = {
    /** Decides on each request; undefined = it is answered well. */
    faultOf: (_request: BaostockRequest): BaostockFault | undefined => undefined,
    port: 0,
    host: "127.0.0.1",
    lines,
    requests,
    asked: (method: string) => counts.get(method) ?? 0,
    /** Counts from zero again. */
    forget(): void {
      requests.length = 0;
      counts.clear();
    },
    /** Ends every line that is open: the next question needs a login. */
    hangUp(): void {
      for (const socket of sockets) socket.destroy();
    },
    async close(): Promise<void> {
      fake.hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function answerTo({ fields }: BaostockRequest, fault: BaostockFault | undefined, isLoggedIn: boolean): Buffer {
    const [method = "", ...more] = fields;
    const type = { login: "01", logout: "03", query_trade_dates: "34", query_all_stock: "36" }[method] ?? "96";
    const refused = faultError(fault) ?? (isLoggedIn || method === "login" ? null : ["10001001", "用户未登录"]);
    if (refused) return textFrame("04", [...refused, method].join(SEPARATOR));
    const head = ["0", "success", method, more[0] ?? "anonymous"];
    if (method === "login" || method === "logout")
      return spoiled(textFrame(type, [...head.slice(0, 3), "anonymous", "0"].join(SEPARATOR)), fault);
    const [page = "1", perPage = "10000"] = more.slice(1);
    const of = (records: string[][], tail: string[]) => {
      const from = (Number(page) - 1) * Number(perPage);
      const shown = changed(records, fault).slice(from, from + Number(perPage));
      const data = faultData(fault) ?? (shown.length === 0 ? "" : JSON.stringify({ record: shown }));
      return [...head, page, perPage, data, ...tail].join(SEPARATOR);
    };
    const [first = "", second = "", third = "", fourth = ""] = more.slice(3);
    if (method === "query_trade_dates") {
      const body = of(rows.tradeDates(first as Day, second as Day), [first, second, "calendar_date, is_trading_day"]);
      return spoiled(textFrame(type, body), fault);
    }
    if (method === "query_all_stock") {
      return spoiled(textFrame(type, of(rows.allStock(first as Day), [first, "code, tradeStatus, code_name"])), fault);
    }
    const history = rows.history(first, second.split(","), third as Day, fourth as Day);
    return spoiled(compressedFrame(of(history, [first, second, third, fourth, "d", "3"]), fault), fault);
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    lines.open += 1;
    lines.total += 1;
    let pending = Buffer.alloc(0);
    let isLoggedIn = false;
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      lines.open -= 1;
    });
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
        const fields = fieldsOf(pending.subarray(0, end));
        pending = pending.subarray(end + 1);
        const [method = ""] = fields;
        const request = { method, fields, number: fake.asked(method) + 1 };
        requests.push(request);
        counts.set(method, request.number);
        // Counted when it speaks: the end of the line before may be heard a moment after the new one is taken.
        lines.most = Math.max(lines.most, lines.open);
        const fault = fake.faultOf(request);
        if (fault === "not_logged_in") isLoggedIn = false;
        const answer = answerTo(request, fault, isLoggedIn);
        if (method === "login" && faultError(fault) === null) isLoggedIn = true;
        send(socket, answer, fault);
      }
    });
  });
  fake.port = await listenOnLoopback(server);
  return fake;
}

/** The fields of a request whose header, length and checksum are right. */
function fieldsOf(frame: Buffer): string[] {
  const end = frame.lastIndexOf(1);
  const [version, type, length] = frame.toString("latin1", 0, HEADER_BYTES).split(SEPARATOR);
  const body = frame.toString("utf8", HEADER_BYTES, end);
  const isRight =
    version === "00.9.10" &&
    type?.length === 2 &&
    length?.length === 10 &&
    Number(length) === Array.from(body).length &&
    frame.toString("latin1", end + 1) === String(crc32(frame.subarray(0, end)));
  if (!isRight) throw new Error(`no request of Baostock: ${JSON.stringify(frame.toString("latin1"))}`);
  return body.split(SEPARATOR);
}

const headerOf = (type: string, length: number) =>
  Buffer.from(["00.9.00", type, String(length).padStart(10, "0")].join(SEPARATOR));

/** A frame as the server sends short answers: header, text, checksum. */
export function textFrame(type: string, body: string): Buffer {
  const framed = Buffer.concat([headerOf(type, Array.from(body).length), Buffer.from(body)]);
  return Buffer.concat([framed, Buffer.from(`${SEPARATOR}${crc32(framed)}${END_MARK}`)]);
}

/** A frame as the server sends histories: deflated, of type 96. */
export function compressedFrame(body: string | Buffer, fault?: BaostockFault): Buffer {
  const packed = fault === "bomb" ? BOMB : deflateSync(body);
  const sent = fault === "truncated_zlib" ? packed.subarray(0, packed.length - 7) : packed;
  // The checksum of these is not that of the bytes; nobody checks it.
  return Buffer.concat([headerOf("96", sent.length), sent, Buffer.from(`${SEPARATOR}4294967295\n${END_MARK}`)]);
}

/** The answer with its bytes spoiled. */
function spoiled(answer: Buffer, fault: BaostockFault | undefined): Buffer {
  if (fault === "garbage") return Buffer.from("<html><body>502 Bad Gateway</body></html>\n");
  if (fault === "oversized") return Buffer.concat([headerOf("34", 99_999_999), Buffer.alloc(1_000, 0x61)]);
  if (fault === "endless") {
    const type = answer.toString("latin1", 8, 10);
    return Buffer.concat([headerOf(type, 1_000), Buffer.alloc(10 * 1024 * 1024, 0x61)]);
  }
  const bytes = Buffer.from(answer);
  const last = bytes.length - END_MARK.length - 1;
  if (fault === "wrong_crc") bytes[last] = bytes[last] === 0x30 ? 0x31 : 0x30;
  if (fault === "wrong_length") bytes.write("0000000007", 11, "latin1");
  if (fault === "bad_utf8") bytes[HEADER_BYTES + 2] = 0xff;
  return bytes;
}

function send(socket: Socket, answer: Buffer, fault: BaostockFault | undefined): void {
  if (typeof fault !== "object") return void socket.write(answer);
  if ("drop" in fault) return void socket.write(answer.subarray(0, fault.drop), () => socket.destroy());
  if ("stall" in fault) return void socket.write(answer.subarray(0, fault.stall));
  if ("until" in fault) return void fault.until.then(() => socket.write(answer));
  if ("afterMs" in fault) return void setTimeout(() => socket.write(answer), fault.afterMs).unref();
  if (!("dribbleMs" in fault)) return void socket.write(answer);
  let at = 0;
  const timer = setInterval(() => {
    if (at >= answer.length || socket.destroyed) return clearInterval(timer);
    socket.write(answer.subarray(at, at + 1));
    at += 1;
  }, fault.dribbleMs).unref();
}

function faultError(fault: BaostockFault | undefined): [string, string] | null {
  return typeof fault === "object" && "error" in fault ? fault.error : null;
}

function faultData(fault: BaostockFault | undefined): string | null {
  return typeof fault === "object" && "data" in fault ? fault.data : null;
}

function changed(records: string[][], fault: BaostockFault | undefined): string[][] {
  return typeof fault === "object" && "records" in fault ? fault.records(records) : records;
}
