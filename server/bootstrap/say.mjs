/** One line for the person at the terminal; on standard error, so that the log of the server stays alone on standard output. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Something the person can put right: shown as a sentence, without a stack. */
export class Refusal extends Error {}
