import { type FakeFilesServer, type Fault, startFakeFilesServer } from "../../support/fake-files-server";
import { ADVICE, credentials, quoted, waiting } from "./advice";
import { type CaseOf, providerOf, type World } from "./case";
import { halfSuccesses } from "./half-success";

const KEY = "s3cr3tk3yofth3files";
const PASSWORD = "hunter2hunter2";
const CSV = "code,open,high,low,close\n600000,1,3,1,2\n000001,1,3,1,2\n";
const ROWS = 2;

interface WebWorld extends World {
  server: FakeFilesServer;
}

const status = (code: number, body: string, headers: Record<string, string> = {}): Fault => ({
  kind: "status",
  status: code,
  headers: { "content-type": "text/plain", ...headers },
  body,
});
const failing =
  (fault: Fault) =>
  ({ server }: WebWorld) =>
    void (server.fault = fault);

const forbidden = (what: string, code: number, body: string): CaseOf<"auth", WebWorld> => ({
  what,
  guide: "401, 403",
  begin: failing(status(code, body)),
  calls: 1,
  says: quoted(
    "The source does not accept the credentials (check FILES_URL)",
    "数据源不接受当前凭据（请检查 FILES_URL）",
    body.replace(KEY, "***"),
  ),
  advice: credentials("FILES_URL"),
});

export const filesByHttp = providerOf<WebWorld>({
  source: "files",
  name: "files by http",
  calendar: "XSHG",
  guide: { document: "docs/files-source.md", heading: "## From a web server" },
  shownElsewhere: {
    "404, 410": "test/sources/files/web.test.ts",
    "nothing, half a file, half a gzip": "test/sources/files/web.test.ts",
  },
  secrets: [KEY, PASSWORD],
  async open() {
    const server = await startFakeFilesServer();
    const host = server.url.slice("http://".length);
    return {
      server,
      env: { SOURCE: "files", FILES_URL: `http://reader:${PASSWORD}@${host}/{yyyy-MM-dd}.csv?key=${KEY}` },
      rows: ROWS,
      serve(days) {
        for (const day of days) server.files.set(`/${day}.csv`, CSV);
      },
      asked: () => server.requests.length,
      placeOf: (day) => `${server.url}/${day}.csv?key=…`,
      heal() {
        server.fault = null;
      },
      close: server.close,
    };
  },
  cases: {
    later: "a web server has no word for it: a file that is not there yet is no file, and the calendar decides what that means",
    rate: [
      {
        what: "429 with the seconds to wait",
        guide: "429",
        begin: failing(status(429, "slow down", { "Retry-After": "40" })),
        waitMs: 40_000,
        says: quoted("The source asks for a pause", "数据源要求放慢请求", "slow down"),
        advice: waiting(1),
      },
    ],
    quota: "a web server says 429 for too many calls, however long they last, and that is waited for",
    auth: [forbidden("401", 401, "who are you"), forbidden("403 in which the key is repeated", 403, `no access with ${KEY}`)],
    plan: "a web server says 403 for a missing right as for wrong credentials, and both stand in FILES_URL",
    broken: [
      {
        what: "400",
        guide: "400, another 4xx",
        begin: failing(status(400, "no such parameter")),
        attempts: [1, 1, 1],
        calls: 3,
        says: quoted("The source answered HTTP 400", "数据源返回 HTTP 400", "no such parameter"),
        advice: ADVICE.again,
      },
      {
        what: "500",
        guide: "500 and above",
        begin: failing(status(500, "out of order")),
        attempts: [3, 3, 3],
        calls: 9,
        says: quoted("The source answered HTTP 500", "数据源返回 HTTP 500", "out of order"),
        advice: ADVICE.again,
      },
      {
        what: "a page instead of the file",
        guide: "a web page",
        begin: failing(status(200, "<html><title>Login</title></html>")),
        attempts: [3, 3, 3],
        calls: 9,
        says: quoted("A web page came instead of rows", "收到的是网页而不是数据", "{place}"),
        advice: ADVICE.file,
      },
      ...halfSuccesses<WebWorld>((code) => failing(status(code, CSV))),
    ],
  },
});
