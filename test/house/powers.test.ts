import { expect, test } from "vitest";
import { importsOf, type ProjectFile, projectFiles } from "../support/project-files";

/** One home per power: who else needs it asks its home. */
const PACKAGES: { names: string[]; homes: RegExp; instead: string }[] = [
  {
    names: ["pg", "pg-copy-streams", "node-pg-migrate"],
    homes: /^server\/db\//,
    instead: "The database is spoken to in server/db only; take a port.",
  },
  { names: ["socket.io"], homes: /^server\/realtime\//, instead: "Sockets of the server live in server/realtime." },
  { names: ["socket.io-client"], homes: /^components\/live\//, instead: "Sockets of the page live in components/live." },
  { names: ["hono", "@hono/node-server"], homes: /^server\/(http\/|web-server\.ts$)/, instead: "Routes live in server/http." },
  {
    names: ["undici"],
    homes: /^server\/(notify|sources)\//,
    instead: "The network is reached from server/sources (providers) and server/notify (the webhook) only.",
  },
  {
    names: ["csv-parse", "yauzl", "hyparquet", "hyparquet-compressors"],
    homes: /^server\/sources\//,
    instead: "Files are read in server/sources.",
  },
  { names: ["zod"], homes: /^server\//, instead: "Schemas stay on the server: they cost 92 kB in the page." },
  { names: ["pino", "pino-pretty"], homes: /^server\/log\.ts$/, instead: "The log is made in server/log.ts; take the Log port." },
  {
    names: ["react", "react-dom", "react-aria-components", "lucide-react", "sonner", "clsx"],
    homes: /^(app|components)\//,
    instead: "React lives in app and components.",
  },
];

const OUTSIDE_OF_THE_DOMAIN = /^node:(?!assert|buffer)|^(pg|next|hono|socket\.io|undici|pino|zod|react)$/;
const UI_KIT = new Set(["react", "react-dom", "react-aria-components", "lucide-react", "clsx", "sonner"]);

const files = projectFiles(/\.(ts|tsx|mjs)$/).filter(({ path }) => /^(app|cli|components|lib|server)\//.test(path));
const inFolder = (folder: string) => files.filter(({ path }) => path.startsWith(folder));
const packagesOf = (file: ProjectFile) => importsOf(file).packages;

test.each(PACKAGES.map((power) => [power.names.join(", "), power] as const))(
  "%s: imported at home only",
  (_names, { names, homes, instead }) => {
    const strays = files
      .filter(({ path }) => !homes.test(path))
      .flatMap((file) =>
        packagesOf(file)
          .filter((name) => names.includes(name))
          .map((name) => `${file.path} imports ${name}. ${instead}`),
      );
    expect(strays).toEqual([]);
  },
);

test("the domain reaches no disk, network, framework or process of its own", () => {
  const strays = inFolder("server/sync/").flatMap((file) =>
    packagesOf(file)
      .filter((name) => OUTSIDE_OF_THE_DOMAIN.test(name))
      .map((name) => `${file.path} imports ${name}. Take a port.`),
  );
  expect(strays).toEqual([]);
});

test("the ground runs in the browser: no module of Node in lib", () => {
  expect(
    inFolder("lib/")
      .filter((file) => packagesOf(file).some((name) => name.startsWith("node:")))
      .map(({ path }) => path),
  ).toEqual([]);
});

test("components/ui stands on React and the UI kit only", () => {
  const strays = inFolder("components/ui/").flatMap((file) =>
    packagesOf(file)
      .filter((name) => !UI_KIT.has(name))
      .map((name) => `${file.path} imports ${name}`),
  );
  expect(strays).toEqual([]);
});

/** A look at the code, with comments left out: what may be written where. */
const WORDS: { what: string; pattern: RegExp; where: RegExp; except: RegExp; instead: string }[] = [
  {
    what: "the environment is read in server/config/load-config.ts and the bootstrap",
    pattern: /\bprocess\.env\b/,
    where: /./,
    except: /^(server\/(config\/load-config\.ts$|bootstrap)|cli\/main\.ts$)/,
    instead: "Add a variable to server/config/variables.ts and take it from Config (`config.dev` tells development).",
  },
  {
    what: "SQL is written in server/db",
    pattern: /["'`]\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|ALTER TABLE|COPY \w+)\s/,
    where: /./,
    except: /^server\/db\//,
    instead: "Give server/db a function for it.",
  },
  {
    what: "the domain takes the time from its clock port",
    pattern: /\bDate\.now\b|\bnew Date\b|\bsetTimeout\b|\bsetInterval\b|\bperformance\.now\b|\bhrtime\b/,
    where: /^server\/sync\//,
    except: /^$/,
    instead: "Take Clock from server/sync/ports.ts.",
  },
  {
    what: "a fetch of the page goes through components/data",
    pattern: /(?<![.\w])fetch\(/,
    where: /^(app|components)\//,
    except: /^components\/data\//,
    instead: "Use the client in components/data.",
  },
];

test.each(WORDS.map((word) => [word.what, word] as const))("%s", (_what, { pattern, where, except, instead }) => {
  const strays = files
    .filter(({ path, code }) => where.test(path) && !except.test(path) && pattern.test(code))
    .map(({ path }) => `${path}: ${instead}`);
  expect(strays).toEqual([]);
});
