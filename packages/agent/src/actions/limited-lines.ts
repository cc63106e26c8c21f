// SPDX-License-Identifier: Apache-2.0
// Lines on standard error whose number is up to whoever causes events: there are no more than some
// in a second, and the rest is counted and told.

const linesPerSecondMax = 100;
const nsPerSecond = 1_000_000_000n;

export type LimitedLinesParts = {
  /** Tells whether the line was taken. */
  readonly write: (text: string) => boolean;
  /** Words the line that tells how many were left out. */
  readonly wordLeftOut: (count: number) => string;
};

export class LimitedLines {
  readonly #parts: LimitedLinesParts;
  #sinceNs: bigint | null = null;
  #lines = 0;
  #untold = 0;

  constructor(parts: LimitedLinesParts) {
    this.#parts = parts;
  }

  /** Writes a line; false when it is one of too many, or nobody reads them. */
  write(timeNs: bigint, makeLine: () => string): boolean {
    if (this.#sinceNs === null || timeNs - this.#sinceNs >= nsPerSecond) {
      this.tellLeftOut();
      this.#sinceNs = timeNs;
      this.#lines = 0;
    }
    if (this.#lines >= linesPerSecondMax) {
      this.#untold += 1;
      return false;
    }
    this.#lines += 1;
    return this.#parts.write(makeLine());
  }

  /** Tells how many lines were left out since this was told last. */
  tellLeftOut(): void {
    if (this.#untold === 0) return;
    if (this.#parts.write(this.#parts.wordLeftOut(this.#untold))) this.#untold = 0;
  }
}
