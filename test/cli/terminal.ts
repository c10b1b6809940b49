import { run } from "@/cli/run";

/** A terminal, or a pipe, that remembers everything. */
export function aTerminal(
  options: { isTTY?: boolean; columns?: number; environment?: Record<string, string>; deadlineMs?: number } = {},
) {
  const written = { stdout: "", stderr: "" };
  const first = new AbortController();
  const second = new AbortController();
  const sink = (name: "stdout" | "stderr") => ({
    isTTY: options.isTTY ?? false,
    columns: options.columns ?? 80,
    write: (text: string) => (written[name] += text),
  });
  return {
    written,
    lines: () => written.stdout.split("\n").filter((line) => line !== ""),
    /** What `--json` wrote, line by line. */
    objects: () =>
      written.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, never>),
    interrupt: () => (first.signal.aborted ? second : first).abort(new Error("interrupted")),
    run: (...argv: string[]) =>
      run(argv, {
        environment: options.environment ?? {},
        stdout: sink("stdout"),
        stderr: sink("stderr"),
        interrupts: { first: first.signal, second: second.signal },
        lookEveryMs: 10,
        times: { pausesMs: [1, 1], ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }) },
      }),
  };
}

/** Waits until it is so; the test's own deadline is the end of it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
