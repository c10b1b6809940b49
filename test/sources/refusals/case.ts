import type { CalendarId } from "@/lib/contract/calendar";
import type { Day } from "@/lib/contract/day";
import type { SourceRefusal } from "@/server/sync/errors";

/** One sentence in the two languages an operator may read. */
export interface Words {
  en: string;
  zh: string;
}

/** A provider that can go wrong. */
export interface World {
  env: Record<string, string>;
  /** Rows of every day, when nothing is wrong. */
  rows: number;
  /** Lets the provider have rows on these days, where it does not have them on every one. */
  serve?(days: readonly Day[]): Promise<void> | void;
  /** Calls that reached it so far; null where nobody can count them. */
  asked(): number | null;
  /** The place of a day as the sentences name it; it stands for `{place}` in them. */
  placeOf?(day: Day): string;
  heal(): Promise<void> | void;
  close(): Promise<void>;
}

interface Begun {
  /** What is wrong, as a name of a test. */
  what: string;
  /** What it says, as the first cell of its line in the guide. */
  guide: string;
  /** What is read of the refusal. */
  says: Words;
  /** What a test of the source says to do about it. */
  advice: Words;
}

/** What becomes of it, by its class, with what differs from provider to provider. `calls` = what all three days of a task take. */
export interface EffectOf {
  /** Days of the past are tried so often; today, before its rows are due, is asked for with so many calls; once they are due it waits or fails. */
  later: { attempts: readonly number[]; calls: number; notDueCalls: number; todayOnceDue: "waits" | "fails" };
  rate: { waitMs: number };
  /** Paused for so long after so many calls; `said` = the provider's own words. */
  quota: { reason: "quota" | "banned"; forMs: number; said: string; calls: number };
  auth: { calls: number };
  plan: { calls: number };
  /** How often each day is tried. */
  broken: { attempts: readonly number[]; calls: number | null };
}

export type CaseOf<Refusal extends SourceRefusal, W> = Begun & EffectOf[Refusal] & { begin(world: W): Promise<void> | void };

/** Every class: its cases, or why this provider has none. */
export type CasesOf<W> = { [Refusal in SourceRefusal]: readonly CaseOf<Refusal, W>[] | string };

/** A provider over a world of its own that is opened once for all its cases. */
export interface Provider {
  /** As the registry names it. */
  source: string;
  name: string;
  calendar: CalendarId;
  /** Where the guide tells of it: a document, and the heading above the table. */
  guide: { document: string; heading: string };
  /** Lines of that table that no case here can show, and the test that does. */
  shownElsewhere?: Readonly<Record<string, string>>;
  /** What must stand nowhere. */
  secrets: readonly string[];
  open(): Promise<World>;
  cases: CasesOf<void>;
}

/** A provider whose cases act upon the world that it opened. */
export function providerOf<W extends World>(
  said: Omit<Provider, "open" | "cases"> & { open(): Promise<W>; cases: CasesOf<W> },
): Provider {
  let world: W | null = null;
  const bound = <Refusal extends SourceRefusal>(cases: readonly CaseOf<Refusal, W>[] | string) =>
    typeof cases === "string" ? cases : cases.map((one) => ({ ...one, begin: () => one.begin(world as W) }));
  const { later, rate, quota, auth, plan, broken } = said.cases;
  return {
    ...said,
    async open() {
      world = await said.open();
      return world;
    },
    cases: {
      later: bound<"later">(later),
      rate: bound<"rate">(rate),
      quota: bound<"quota">(quota),
      auth: bound<"auth">(auth),
      plan: bound<"plan">(plan),
      broken: bound<"broken">(broken),
    },
  };
}

/** The cases of one class; none where the provider says why it has none. */
export function casesOf<Refusal extends SourceRefusal>(provider: Provider, refusal: Refusal): readonly CaseOf<Refusal, void>[] {
  const cases = provider.cases[refusal];
  return typeof cases === "string" ? [] : cases;
}

/** All of them, whatever their class. */
export function everyCase(provider: Provider): readonly (Begun & { begin(): Promise<void> | void })[] {
  const { later, rate, quota, auth, plan, broken } = provider.cases;
  return [later, rate, quota, auth, plan, broken].flatMap((cases) => (typeof cases === "string" ? [] : [...cases]));
}
