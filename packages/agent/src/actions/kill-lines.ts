// SPDX-License-Identifier: Apache-2.0
// Kills of silent rules: a line on standard error for each, since no alert tells who was struck.

import { escapeControls } from '@fimbul/config/run';
import { fromByteString } from '@fimbul/schema';
import { getProgramFile } from '../context/image.ts';
import type { KillResult, Match } from '../engine/match.ts';
import { LimitedLines } from './limited-lines.ts';

function describeTarget({ scope, processes }: KillResult): string {
  if (scope === 'process') return '';
  const count = processes === 1 ? '1 process' : `${processes} processes`;
  return `${count} in the ${scope === 'container' ? 'container' : 'control group'} of `;
}

export class KillLines {
  readonly #lines: LimitedLines;

  /** `write` tells whether the line was taken. */
  constructor(write: (text: string) => boolean) {
    const wordLeftOut = (count: number): string =>
      `fimbul: kill: ${count} more kills of silent rules were left out\n`;
    this.#lines = new LimitedLines({ write, wordLeftOut });
  }

  /** Writes the line of a kill, if it reached somebody. */
  write({ rule, event, timeNs }: Match, result: KillResult): void {
    if (result.status !== 'sent') return;
    const { entry } = event.subject;
    this.#lines.write(timeNs, () => {
      const path = getProgramFile(entry.image)?.path ?? '';
      const program = path === '' ? '' : ` (${escapeControls(fromByteString(path).text)})`;
      const target = `${describeTarget(result)}process ${entry.pid}${program}`;
      return `fimbul: kill rule ${rule.id}: ${result.signal} to ${target}\n`;
    });
  }

  /** Tells how many lines were left out since this was told last. */
  tellLeftOut(): void {
    this.#lines.tellLeftOut();
  }
}
