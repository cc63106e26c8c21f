// SPDX-License-Identifier: Apache-2.0
// `log`: a line on standard error for each match that is reported. How many come is up to whoever
// causes the events, so there are no more than a number in a second, and the rest is counted.

import { escapeControls } from '@fimbul/config';
import type { LogAction } from '@fimbul/rules';
import { fromByteString } from '@fimbul/schema';

const linesPerSecondMax = 100;
const messageCharactersMax = 4096;
const nsPerSecond = 1_000_000_000n;

export type LogLine = {
  readonly level: LogAction['level'];
  readonly ruleId: string;
  /** A byte string. */
  readonly message: string;
  readonly timeNs: bigint;
};

export class LogLines {
  readonly counters = { written: 0, leftOut: 0 };
  readonly #write: (text: string) => boolean;
  #sinceNs: bigint | null = null;
  #lines = 0;
  #untold = 0;

  /** `write` tells whether the line was taken. */
  constructor(write: (text: string) => boolean) {
    this.#write = write;
  }

  /** Writes a line; false when it is one of too many, or nobody reads them. */
  write({ level, ruleId, message, timeNs }: LogLine): boolean {
    if (this.#sinceNs === null || timeNs - this.#sinceNs >= nsPerSecond) {
      this.tellLeftOut();
      this.#sinceNs = timeNs;
      this.#lines = 0;
    }
    if (this.#lines >= linesPerSecondMax) {
      this.#untold += 1;
      this.counters.leftOut += 1;
      return false;
    }
    this.#lines += 1;
    const text = escapeControls(fromByteString(message.slice(0, messageCharactersMax)).text);
    const cut = message.length > messageCharactersMax ? '…' : '';
    const isWritten = this.#write(`fimbul: log ${level} rule ${ruleId}: ${text}${cut}\n`);
    this.counters[isWritten ? 'written' : 'leftOut'] += 1;
    return isWritten;
  }

  /** Tells how many lines were left out since this was told last. */
  tellLeftOut(): void {
    if (this.#untold === 0) return;
    const text = `fimbul: log: ${this.#untold} more lines of rules were left out\n`;
    if (this.#write(text)) this.#untold = 0;
  }
}
