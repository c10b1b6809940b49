import type { Day } from "@/lib/contract/day";
import type { Rows } from "./rows/cut-rows";
import type { PrepareOptions, Stage } from "./stage-ports";

/** What a source said of one day. */
export type Fetched =
  /**
   * All rows of the day; `expected` = how many rows the source itself says it must have (listed minus suspended), if it can
   * tell; `openBefore` = days not long before on which it says that the exchange traded, though our calendar has them closed.
   */
  | { kind: "rows"; rows: Rows; expected?: number; openBefore?: Day[] }
  /** The source itself says that the exchange did not trade. */
  | { kind: "closed" }
  /**
   * The source has nothing for that day (yet): the calendar and the publish hour decide what that means. `missing` = the
   * file that is not there, as it may be shown, for those who look for it in the wrong place; `barren` = the file that is
   * there and holds no row of the day, perhaps because its dates are others.
   */
  | NothingFetched;

export interface NothingFetched {
  kind: "nothing";
  missing?: string;
  barren?: string;
}

export interface FetchOptions {
  signal: AbortSignal;
  /** Called now and then with the rows (or symbols) fetched so far and the number expected, if known. */
  onProgress(done: number, of: number | null): void;
  /** Where the source has `prepare`, and the engine asks: what it collected for the chunk of this day. */
  stage?: Stage;
}

/** One provider of rows. Answers one question: all rows of day D. Throws SourceError or BadRowsError, never an empty day. */
export interface Source {
  name: string;
  /** Whose allowance it uses: a digest of the credentials, never they themselves; absent = it has none. */
  account?: string;
  /** Invented rows: never scheduled, never mixed with real ones. */
  sample: boolean;
  /** Exchange hour from which an empty trading day is an error. */
  publishHour: number;
  fetchDay(day: Day, options: FetchOptions): Promise<Fetched>;
  /**
   * For providers that are cheap by range: collects what these days (at most 250, within a year) need, outside any day's
   * deadline. Called again after a failure or a restart, it goes on from what the stage has.
   */
  prepare?(days: readonly Day[], options: PrepareOptions): Promise<void>;
  /** A few rows of the day, to see whether the source answers, where a whole day is too dear for that. */
  probe?(day: Day, options: FetchOptions): Promise<Fetched>;
  /** Gives back what is held open between calls; the next call opens it again. */
  close?(): Promise<void>;
  /** What is left of its allowance; absent = it has none, or cannot tell. */
  budget?(): SourceBudget;
  /** Nothing is known against it any more: a used up allowance that it remembers by itself is forgotten, the next call goes out. */
  reopen?(): void;
}

/** Under which name and account something was heard of a source. */
export type SourceIdentity = Pick<Source, "name" | "account">;

/** The allowance of a source. */
export interface SourceBudget {
  /** Calls left; null = not known. */
  left: number | null;
  /** When there are new ones (Unix ms); null = not known. */
  resetsAtMs: number | null;
  /** Calls that one day takes. */
  callsPerDay: number;
}
