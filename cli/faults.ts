import type { Failure } from "@/lib/contract/routes";
import type { Params } from "./text";

/** A mistake on the command line; `key` is a sentence under `cli`. */
export class UsageError extends Error {
  readonly key: string;
  readonly params: Params;

  constructor(key: string, params: Params = {}) {
    super(key);
    this.name = "UsageError";
    this.key = key;
    this.params = params;
  }
}

/** The server answered with a refusal. */
export class RefusedError extends Error {
  readonly status: number;
  readonly failure: Failure;

  constructor(status: number, failure: Failure) {
    super(failure.message);
    this.name = "RefusedError";
    this.status = status;
    this.failure = failure;
  }
}

/** No usable answer came; `key` is a sentence under `cli.detail`. */
export class UnreachableError extends Error {
  readonly key: string;
  readonly params: Params;

  constructor(key: string, params: Params = {}, options?: ErrorOptions) {
    super(key, options);
    this.name = "UnreachableError";
    this.key = key;
    this.params = params;
  }
}

/** The person at the terminal wants to go; `key` is a sentence under `cli`. */
export class InterruptedError extends Error {
  readonly key: string;
  readonly params: Params;

  constructor(key = "interrupted", params: Params = {}) {
    super(key);
    this.name = "InterruptedError";
    this.key = key;
    this.params = params;
  }
}
