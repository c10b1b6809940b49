/** As terminals, pandas, spreadsheets and dumps of databases write it. No number looks like one of them. */
const USUAL_NULLS = ["-", "--", "NA", "N/A", "n/a", "#N/A", "<NA>", "None", "NULL", "null", "nan", "\\N"];

/** Tells the texts that mean "no value" from numbers. */
export type IsNull = (text: string) => boolean;

/** The same for the bytes between two places. */
export type IsNullInBytes = (bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * A set of null tokens that most numbers never have to be looked up in: by length and first character alone they are none.
 * An empty text is always null; `tokens` null = the usual ones.
 */
export function createNullTest(tokens: readonly string[] | null): IsNull {
  const nulls = new Set(["", ...(tokens ?? USUAL_NULLS)]);
  const longest = Math.max(...[...nulls].map((token) => token.length));
  const firstChars = new Set([...nulls].map((token) => token.charCodeAt(0)));
  return (text) => text.length === 0 || (text.length <= longest && firstChars.has(text.charCodeAt(0)) && nulls.has(text));
}

/** The same set of tokens for values that nobody made a text of. */
export function createNullTestInBytes(tokens: readonly string[] | null): IsNullInBytes {
  const byFirst: (Buffer[] | undefined)[] = Array.from({ length: 256 });
  for (const token of tokens ?? USUAL_NULLS) {
    const bytes = Buffer.from(token);
    const first = bytes[0];
    if (first !== undefined) byFirst[first] = [...(byFirst[first] ?? []), bytes];
  }
  return (bytes, from, to) => {
    if (from === to) return true;
    const likely = byFirst[bytes[from] as number];
    return likely !== undefined && likely.some((token) => isPiece(bytes, from, to, token));
  };
}

/** True where the bytes between two places are those of the piece. */
export function isPiece(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): boolean {
  if (to - from !== piece.length) return false;
  for (let index = 0; index < piece.length; index++) if (bytes[from + index] !== piece[index]) return false;
  return true;
}
