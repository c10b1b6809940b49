import fc from "fast-check";
import { expect, test } from "vitest";
import { plainWords, secretsIn, shownUrl, shownUrlWithout, withoutSecrets } from "@/server/sources/http/words";

test("a secret is cut out wherever it stands, plain or as in a URL", () => {
  const secret = "p@ss/w0rd+x";
  const text = `no right for ${secret} at https://x/?k=${encodeURIComponent(secret)}, I said ${secret}`;
  expect(withoutSecrets(text, [secret])).toBe("no right for *** at https://x/?k=***, I said ***");
});

test("no part of a secret survives the cut at 300 characters", () => {
  fc.assert(
    fc.property(fc.nat({ max: 400 }), fc.stringMatching(/^[a-f0-9]{32}$/), (before, secret) => {
      const words = withoutSecrets(`${"x".repeat(before)}${secret}${"y".repeat(300)}`, [secret]);
      expect(words).not.toContain(secret.slice(0, 8));
      expect(words.length).toBeLessThanOrEqual(301);
    }),
  );
});

test.each([
  ["Authorization: Bearer abc.def-1", "Authorization: Bearer ***"],
  ['{"token":"abcdef","x":1}', '{"token":"***","x":1}'],
  ["GET /?apiKey=abc&day=2024", "GET /?apiKey=***&day=2024"],
  ["Authorization: Basic YW5uOng=", "Authorization: Basic ***"],
  ["we got Bearer abc123", "we got Bearer ***"],
  ["Bearer authentication is needed", "Bearer authentication is needed"],
  ["password = hunter2", "password = ***"],
  ["您的token不对，请确认。", "您的token不对，请确认。"],
  ["the basic plan does not do that", "the basic plan does not do that"],
])("a secret nobody named goes too: %s", (text, expected) => {
  expect(withoutSecrets(text, [""])).toBe(expected);
});

test("line ends and control characters become blanks", () => {
  expect(withoutSecrets(" a\r\n\tb\u0000c \u001b[31m ", [])).toBe("a b c [31m");
});

test("a URL is shown without what is secret in it", () => {
  expect(shownUrl(new URL("https://ann:hunter2@files.example.com:8443/2024/a.csv?sig=abc&sig=d&day=1#x"))).toBe(
    "https://files.example.com:8443/2024/a.csv?sig=…&day=…",
  );
});

test("an address that somebody else chose is shown without our secrets, however they are written in it", () => {
  const secret = "p@ss/w0rd+x";
  for (const path of [secret, encodeURIComponent(secret), "p@ss%2Fw0rd%2Bx", "%70@ss/w0rd+x"]) {
    expect(shownUrlWithout(new URL(`https://x.example.com/a/${path}/b`), [secret])).toBe("https://x.example.com/***");
  }
  expect(shownUrlWithout(new URL("https://x.example.com/a/100%"), [secret, ""])).toBe("https://x.example.com/a/100%");
});

test("secret in an address are the password, the header made of it, a lone user and long values of the query", () => {
  const pair = Buffer.from("ann:hunter2/2").toString("base64").replace(/=+$/, "");
  expect(secretsIn("https://ann:hunter2%2F2@x.example.com/?key=abcdef1&day=1")).toEqual([
    "hunter2%2F2",
    "hunter2/2",
    "ann:hunter2/2",
    pair,
    "abcdef1",
  ]);
  expect(secretsIn("https://ghp_token1@x.example.com/")).toContain("ghp_token1");
  expect(secretsIn("https://x.example.com/?day=1")).toEqual([]);
});

test("a web page is told by its title, else by its text", () => {
  expect(plainWords("<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>")).toBe("502 Bad Gateway");
  expect(withoutSecrets(plainWords("<html><style>b{}</style><h1>Sorry</h1><p>closed</p></html>"), [])).toBe("Sorry closed");
  expect(plainWords("a < b")).toBe("a < b");
});
