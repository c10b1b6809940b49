const decoder = new TextDecoder("gbk");
const FIRST_BYTES = [0x81, 0xfe] as const;
const SECOND_BYTES = [0x40, 0xfe] as const;
let bytesOf: Map<string, [number, number]> | null = null;

/** A text in GBK. Node reads it and does not write it: the table is turned around. Throws for characters that GBK lacks. */
export function gbkOf(text: string): Buffer {
  bytesOf ??= turnedAround();
  const bytes: number[] = [];
  for (const character of text) {
    if (character < "\x80") bytes.push(character.charCodeAt(0));
    else bytes.push(...(bytesOf.get(character) ?? fail(character)));
  }
  return Buffer.from(bytes);
}

function turnedAround(): Map<string, [number, number]> {
  const table = new Map<string, [number, number]>();
  for (let first = FIRST_BYTES[0]; first <= FIRST_BYTES[1]; first += 1)
    for (let second = SECOND_BYTES[0]; second <= SECOND_BYTES[1]; second += 1)
      table.set(decoder.decode(Uint8Array.of(first, second)), [first, second]);
  return table;
}

function fail(character: string): never {
  throw new Error(`GBK has no ${character}`);
}
