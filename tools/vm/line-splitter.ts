// SPDX-License-Identifier: Apache-2.0
// Turns chunks of bytes into lines of text, for output that several machines mix.

const newline = 0x0a;

export class LineSplitter {
  readonly #emit: (line: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  write(chunk: Buffer): void {
    let rest = Buffer.concat([this.#rest, chunk]);
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      this.#emit(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
    }
    this.#rest = rest;
  }

  /** Emits what came after the last newline. */
  end(): void {
    if (this.#rest.length > 0) this.#emit(this.#rest.toString('utf8'));
    this.#rest = Buffer.alloc(0);
  }
}
