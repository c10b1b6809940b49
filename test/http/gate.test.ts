import { expect, test } from "vitest";
import { createGate } from "@/server/http/gate";

const local = createGate({ host: "127.0.0.1", publicOrigin: null });
const proxied = createGate({ host: "127.0.0.1", publicOrigin: "https://dayfill.example.com" });

interface Asked {
  host?: string;
  origin?: string;
  method?: string;
  upgrade?: string;
  url?: string;
}
const request = ({ method = "GET", url = "/", ...headers }: Asked) => ({ method, url, headers });
const code = (asked: Asked, gate = local) => gate(request({ host: "127.0.0.1:8000", ...asked }))?.code ?? null;

test.each(["localhost:8000", "localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.1.2.3", "[::1]:8000", "[::1]"])(
  "%s is this machine",
  (host) => {
    expect(code({ host })).toBeNull();
  },
);

test.each([
  "evil.example:8000",
  "127.0.0.1.nip.io",
  "localhost.evil.example",
  "127.0.0.1.evil.example:8000",
  "foo.localhost",
  "192.168.1.5:8000",
  "0.0.0.0:8000",
  "dayfill.example.com",
  "localhost:notaport",
  "",
])("a name that somebody may have pointed here (%s) is refused, even for reading", (host) => {
  expect(code({ host })).toBe("host_not_allowed");
  expect(code({ host, method: "POST", origin: `http://${host}` })).toBe("host_not_allowed");
});

test("a request without a Host is refused", () => {
  expect(local({ method: "GET", url: "/", headers: {} })?.code).toBe("host_not_allowed");
});

test("the public origin's host is ours too, with its port, and no other", () => {
  expect(code({ host: "dayfill.example.com" }, proxied)).toBeNull();
  expect(code({ host: "dayfill.example.com:81" }, proxied)).toBe("host_not_allowed");
  expect(code({ host: "evil.example" }, proxied)).toBe("host_not_allowed");
});

test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("a foreign page may not send %s", (method) => {
  for (const origin of ["https://evil.example", "null", "http://localhost:9999", "http://127.0.0.1:80001", "file://"]) {
    expect(code({ method, origin })).toBe("origin_not_allowed");
  }
});

test("our own page may, and so may a program without an Origin", () => {
  expect(code({ method: "POST", origin: "http://127.0.0.1:8000" })).toBeNull();
  expect(code({ method: "POST", host: "localhost:8000", origin: "http://localhost:8000" })).toBeNull();
  expect(code({ method: "POST", host: "dayfill.example.com", origin: "https://dayfill.example.com" }, proxied)).toBeNull();
  expect(code({ method: "POST", origin: "https://dayfill.example.com" }, proxied)).toBeNull();
  expect(code({ method: "POST" })).toBeNull();
});

test("a link from elsewhere may be followed: reading is harmless without CORS headers", () => {
  expect(code({ origin: "https://evil.example", url: "/history" })).toBeNull();
  expect(code({ origin: "https://evil.example", method: "HEAD" })).toBeNull();
});

test.each(["https://evil.example", "null", "http://localhost:8001"])(
  "a foreign page (%s) may not listen in, by upgrade or by polling",
  (origin) => {
    expect(code({ origin, upgrade: "websocket", url: "/socket.io/?EIO=4&transport=websocket" })).toBe("origin_not_allowed");
    expect(code({ origin, upgrade: "websocket", url: "/_next/webpack-hmr" })).toBe("origin_not_allowed");
    expect(code({ origin, url: "/socket.io/?EIO=4&transport=polling" })).toBe("origin_not_allowed");
    expect(code({ origin, url: "/socket.io" })).toBe("origin_not_allowed");
  },
);

test("our own page may listen", () => {
  expect(code({ origin: "http://127.0.0.1:8000", upgrade: "websocket", url: "/socket.io/" })).toBeNull();
  expect(code({ url: "/socket.io/?EIO=4&transport=polling" })).toBeNull();
});

test("a refusal names what was refused", () => {
  expect(local(request({ host: "evil.example" }))).toEqual({ code: "host_not_allowed", params: { host: "evil.example" } });
  expect(local(request({ host: "localhost", origin: "null", method: "POST" }))).toEqual({
    code: "origin_not_allowed",
    params: { origin: "null" },
  });
});
