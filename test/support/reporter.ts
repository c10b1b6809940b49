import type { Reporter, TestModule } from "vitest/node";

/**
 * Closes a run with one line that people and machines read: `12 passed, 0 failed, 1 skipped`. It is written when the process
 * ends, so that nothing comes after it. A file that cannot be loaded and an error outside any test count as failed.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let [passed, failed, skipped] = [0, unhandled.length, 0];
    for (const module of modules) {
      if (module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failed += 1;
        else skipped += 1;
      }
      for (const suite of module.children.allSuites()) failed += suite.errors().length > 0 ? 1 : 0;
    }
    const line = `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
    process.once("exit", () => process.stdout.write(line));
  }
}
