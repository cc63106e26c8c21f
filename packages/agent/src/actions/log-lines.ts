// SPDX-License-Identifier: Apache-2.0
// `log`: a line on standard error for each match that is reported. How many come is up to whoever
// causes the events, so their number is limited.

import { escapeControls } from '@fimbul/config/run';
import type { LogAction } from '@fimbul/rules/run';
import { fromByteString } from '@fimbul/schema';
import { LimitedLines } from './limited-lines.ts';

const messageCharactersMax = 4096;

export type LogLine = {
  readonly level: LogAction['level'];
  readonly ruleId: string;
  /** A byte string. */
  readonly message: string;
  readonly timeNs: bigint;
};

export class LogLines {
  readonly counters = { written: 0, leftOut: 0 };
  readonly #lines: LimitedLines;

  /** `write` tells whether the line was taken. */
  constructor(write: (text: string) => boolean) {
    const wordLeftOut = (count: number): string =>
      `fimbul: log: ${count} more lines of rules were left out\n`;
    this.#lines = new LimitedLines({ write, wordLeftOut });
  }

  /** Writes a line; false when it is one of too many, or nobody reads them. */
  write({ level, ruleId, message, timeNs }: LogLine): boolean {
    const isWritten = this.#lines.write(timeNs, () => {
      const text = escapeControls(fromByteString(message.slice(0, messageCharactersMax)).text);
      const cut = message.length > messageCharactersMax ? '…' : '';
      return `fimbul: log ${level} rule ${ruleId}: ${text}${cut}\n`;
    });
    this.counters[isWritten ? 'written' : 'leftOut'] += 1;
    return isWritten;
  }

  /** Tells how many lines were left out since this was told last. */
  tellLeftOut(): void {
    this.#lines.tellLeftOut();
  }
}
