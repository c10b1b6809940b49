import { describe, expect, onTestFinished, test } from "vitest";
import { createHttp } from "@/server/sources/http/http";
import { isPrivateAddress, lookupPublicOnly } from "@/server/sources/http/address";
import { type Hop, nextHop } from "@/server/sources/http/hop";
import { shownUrl } from "@/server/sources/http/words";
import { SourceError } from "@/server/sync/errors";
import { unwatched } from "../harness";
import { anHttp, kindOf, listen } from "../http-server";

const { signal } = unwatched;

describe("redirects", () => {
  const hop: Hop = {
    url: new URL("https://data.example.com/day"),
    method: "GET",
    headers: { authorization: "Bearer x", Cookie: "y", accept: "text/csv" },
    body: null,
    count: 0,
  };
  const to = (location: string, from: Partial<Hop> = {}, status = 302) =>
    nextHop({ ...hop, ...from }, status, location, shownUrl);

  test("are followed on the same host with everything that was sent", () => {
    expect(to("/other?day=1")).toEqual({ ...hop, url: new URL("https://data.example.com/other?day=1"), count: 1 });
  });

  test("to another host leave the credentials behind, also those in the address", () => {
    const next = to("https://ann:pw@cdn.example.com/day");
    expect(next?.headers).toEqual({ accept: "text/csv" });
    expect(next?.url.href).toBe("https://cdn.example.com/day");
  });

  test("to another port are to another host; from http to https on the same name are not", () => {
    expect(to("https://data.example.com:8443/day")?.headers).toEqual({ accept: "text/csv" });
    expect(to("https://data.example.com/day", { url: new URL("http://data.example.com/day") })?.headers).toEqual(hop.headers);
  });

  test.each([
    ["from https to http", "http://data.example.com/day", {}],
    ["to a file", "file:///etc/passwd", {}],
    ["to no address", "http://[", {}],
    ["after the third", "/day", { count: 3 }],
    ["of a POST to another host", "https://cdn.example.com/", { method: "POST", body: "{}" }],
    ["of a POST that would become a GET", "/day", { method: "POST", body: "{}" }],
  ] as const)("%s are refused for good", (_what, location, from) => {
    expect(() => to(location, from)).toThrow(SourceError);
    try {
      to(location, from);
    } catch (error) {
      expect(error).toMatchObject({ retry: false, params: { kind: "http_status", status: 302 } });
    }
  });

  test("of a POST stay a POST with 307 on the same host", () => {
    expect(to("/v2", { method: "POST", body: "{}" }, 307)).toMatchObject({
      method: "POST",
      body: "{}",
      url: { pathname: "/v2" },
    });
  });

  test("no redirect: an answer of another kind, or without an address", () => {
    expect(nextHop(hop, 200, "/x", shownUrl)).toBeNull();
    expect(nextHop(hop, 304, "/x", shownUrl)).toBeNull();
    expect(nextHop(hop, 302, undefined, shownUrl)).toBeNull();
  });

  test("a loop ends after three, a chain of three is followed", async () => {
    const { port, seen } = await listen((request, response) => {
      const at = Number(request.url?.slice(1));
      if (at === 3) return void response.end("here");
      response.writeHead(302, { Location: `/${at + 1}` }).end();
    });
    const http = anHttp();
    expect((await http.ask({ url: `http://127.0.0.1:${port}/0`, signal })).bytes.toString()).toBe("here");
    expect(await kindOf(http.ask({ url: `http://127.0.0.1:${port}/10`, signal }))).toBe("http_status");
    expect(seen.map(({ url }) => url)).toEqual(["/0", "/1", "/2", "/3", "/10", "/11", "/12", "/13"]);
  });

  test("a private source may send on to a private address, and does so without the credentials", async () => {
    const other = await listen((_, response) => void response.end("there"));
    const first = await listen((_, response) => {
      response.writeHead(302, { Location: `http://127.0.0.1:${other.port}/there` }).end();
    });
    const answer = await anHttp().ask({ url: `http://ann:pw@127.0.0.1:${first.port}/day`, signal });
    expect(answer.bytes.toString()).toBe("there");
    expect(first.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ann:pw").toString("base64")}`);
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  test.each(["127.0.0.1", "localhost"])("a public source may not send on to %s", async (host) => {
    const other = await listen((_, response) => void response.end("there"));
    const first = await listen((_, response) => {
      response.writeHead(302, { Location: `http://${host}:${other.port}/there` }).end();
    });
    const http = createHttp({ isPrivate: async () => false });
    onTestFinished(http.close);
    const answer = http.ask({ url: `http://127.0.0.1:${first.port}/day`, signal });
    await expect(answer).rejects.toMatchObject({
      refusal: "broken",
      params: { kind: "unreachable", detail: `http://${host}:${other.port}/there (a private address)` },
    });
    expect(other.seen).toEqual([]);
  });

  test("a name that leads to a private address is refused at the moment of connecting", async () => {
    const answer = await new Promise((resolve) => {
      lookupPublicOnly("localhost", { all: true }, (error, addresses) => resolve(error ?? addresses));
    });
    expect(answer).toMatchObject({ name: "PrivateAddressError" });
  });

  test.each([
    ["127.0.0.1", true],
    ["10.1.2.3", true],
    ["172.31.0.1", true],
    ["172.32.0.1", false],
    ["192.168.1.1", true],
    ["169.254.169.254", true],
    ["100.64.0.1", true],
    ["0.0.0.0", true],
    ["255.255.255.255", true],
    ["8.8.8.8", false],
    ["::1", true],
    ["::", true],
    ["::ffff:192.168.1.1", true],
    ["::ffff:8.8.8.8", false],
    ["fd00::1", true],
    ["fe80::1", true],
    ["2606:4700::1111", false],
  ])("%s private: %s", (address, expected) => {
    expect(isPrivateAddress(address)).toBe(expected);
  });
});
