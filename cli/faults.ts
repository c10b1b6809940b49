import type { Failure } from "@/lib/contract/routes";
import type { Params } from "./text";

/** Something to be said in the language of the terminal: `key` is its sentence. */
abstract class SpokenError extends Error {
  readonly key: string;
  readonly params: Params;

  constructor(name: string, key: string, params: Params, options?: ErrorOptions) {
    super(key, options);
    this.name = name;
    this.key = key;
    this.params = params;
  }
}

/** A mistake on the command line; `key` is a sentence under `cli`. */
export class UsageError extends SpokenError {
  constructor(key: string, params: Params = {}) {
    super("UsageError", key, params);
  }
}

/** No usable answer came; `key` is a sentence under `cli.detail`. */
export class UnreachableError extends SpokenError {
  constructor(key: string, params: Params = {}, options?: ErrorOptions) {
    super("UnreachableError", key, params, options);
  }
}

/** The person at the terminal wants to go; `key` is a sentence under `cli`. */
export class InterruptedError extends SpokenError {
  constructor(key = "interrupted", params: Params = {}) {
    super("InterruptedError", key, params);
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
