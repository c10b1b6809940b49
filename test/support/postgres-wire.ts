/** Cuts a stream into messages: a letter, a length, the rest. */
export function framed(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    while (held.length >= 5) {
      const length = 1 + held.readInt32BE(1);
      if (held.length < length) return;
      const whole = held.subarray(0, length);
      held = held.subarray(length);
      onMessage(whole);
    }
  };
}

/** A simple query. */
export const query = (sql: string) => packet("Q", Buffer.from(`${sql}\0`));

/** A message: its letter, its length, its body. */
export function packet(kind: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
}

/** Four bytes, the big end first. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
