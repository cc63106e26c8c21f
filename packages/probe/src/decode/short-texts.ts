// SPDX-License-Identifier: Apache-2.0
// Strings of at most 16 bytes that most records repeat: command names, types of filesystems. Making
// a string of bytes costs more than comparing 16 bytes, so the latest strings are kept.

export const shortTextBytes = 16;

const slots = 64;
const words = shortTextBytes / 4;

export class ShortTexts {
  readonly #keys = new Int32Array(slots * words);
  readonly #texts: string[] = Array.from({ length: slots }, () => '');

  /** Reads 16 bytes that a NUL ends, or that all count, as a byte string. */
  read(bytes: Buffer, view: DataView, start: number): string {
    const a = view.getInt32(start, true);
    const b = view.getInt32(start + 4, true);
    const c = view.getInt32(start + 8, true);
    const d = view.getInt32(start + 12, true);
    const mixed = Math.imul(a ^ Math.imul(b, 31) ^ Math.imul(c, 961) ^ d, 0x9e37_79b1);
    const slot = mixed >>> 26;
    const keys = this.#keys;
    const at = slot * words;
    if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) {
      return this.#texts[slot] ?? '';
    }
    let end = start;
    while (end < start + shortTextBytes && bytes[end] !== 0) end += 1;
    const text = bytes.toString('latin1', start, end);
    keys[at] = a;
    keys[at + 1] = b;
    keys[at + 2] = c;
    keys[at + 3] = d;
    this.#texts[slot] = text;
    return text;
  }
}
