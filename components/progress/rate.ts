/** How many rows were stored at a moment of this browser's clock. */
export interface Sample {
  atMs: number;
  rows: number;
}

/** What the sparkline shows. */
export const WINDOW_MS = 60_000;

/** Keeps one sample for each change of the count, and one from before the window so that its first second can be reckoned. */
export function addSample(held: readonly Sample[], sample: Sample): Sample[] {
  const last = held.at(-1);
  if (last && sample.rows <= last.rows) return sample.rows < last.rows ? [sample] : [...held];
  const start = sample.atMs - WINDOW_MS;
  const before = held.findLastIndex((each) => each.atMs <= start);
  return [...held.slice(Math.max(0, before)), sample];
}

/**
 * Rows at a moment, on straight lines between the changes: a day arrives at once but was under way the whole time.
 * After the last change the line goes on as long as the last stretch took, then the rows stand still.
 */
export function rowsAt(samples: readonly Sample[], atMs: number): number {
  const next = samples.findIndex((sample) => sample.atMs >= atMs);
  if (next === 0) return samples[0]?.rows ?? 0;
  const [from, to] = next < 0 ? [samples.at(-2), samples.at(-1)] : [samples[next - 1], samples[next]];
  if (!to) return 0;
  if (!from) return to.rows;
  const slope = (to.rows - from.rows) / (to.atMs - from.atMs);
  const untilMs = next < 0 ? Math.min(atMs, to.atMs + (to.atMs - from.atMs)) : atMs;
  return from.rows + slope * (untilMs - from.atMs);
}

/** Rows per second over the window, null before two changes were seen. */
export function rowsPerSecond(samples: readonly Sample[], nowMs: number): number | null {
  const first = samples[0];
  if (!first || samples.length < 2) return null;
  const fromMs = Math.max(first.atMs, nowMs - WINDOW_MS);
  if (nowMs <= fromMs) return null;
  return ((rowsAt(samples, nowMs) - rowsAt(samples, fromMs)) / (nowMs - fromMs)) * 1000;
}

/** Rows of each second of the window, oldest first; null for seconds nobody watched. */
export function sparkSeconds(samples: readonly Sample[], nowMs: number): (number | null)[] {
  const first = samples[0];
  const seconds: (number | null)[] = [];
  for (let endMs = nowMs - WINDOW_MS + 1000; endMs <= nowMs; endMs += 1000) {
    const seen = first !== undefined && endMs - 1000 >= first.atMs;
    seconds.push(seen ? Math.max(0, rowsAt(samples, endMs) - rowsAt(samples, endMs - 1000)) : null);
  }
  return seconds;
}

/** The line as an SVG path in a box of `width` × `height`; empty for fewer than two points. */
export function sparkPath(seconds: readonly (number | null)[], width: number, height: number): string {
  const top = Math.max(1, ...seconds.map((value) => value ?? 0));
  const points = seconds.flatMap((value, index) =>
    value === null
      ? []
      : [`${((index * width) / (seconds.length - 1)).toFixed(1)} ${(height - 2 - (value / top) * (height - 5)).toFixed(1)}`],
  );
  return points.length < 2 ? "" : `M${points.join("L")}`;
}
