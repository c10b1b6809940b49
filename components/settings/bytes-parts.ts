const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `1.2` and `GB` (powers of 1,000): two figures are enough to know what a table costs. */
export function bytesParts(bytes: number): { figure: string; unit: (typeof UNITS)[number] } {
  let value = bytes;
  let step = 0;
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return { figure: step === 0 || value >= 9.95 ? String(Math.round(value)) : value.toFixed(1), unit: UNITS[step] ?? "B" };
}
