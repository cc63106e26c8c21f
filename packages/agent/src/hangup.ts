// SPDX-License-Identifier: Apache-2.0
// What SIGHUP asks for: to read the policies again, or to end where it came because the terminal
// went away. It is listened for from the first moment, since by default it ends a process.

import { isatty } from 'node:tty';

export type HangupTarget = {
  readonly reload: () => void;
  readonly stop: () => void;
};

const standardStreams = [0, 1, 2];

export class Hangups {
  readonly #isTerminal: (descriptor: number) => boolean;
  readonly #terminals: readonly number[];
  #target: HangupTarget | null = null;
  #isEarly = false;

  constructor(isTerminal: (descriptor: number) => boolean = isatty) {
    this.#isTerminal = isTerminal;
    this.#terminals = standardStreams.filter(isTerminal);
  }

  listen(): this {
    process.on('SIGHUP', () => this.take());
    return this;
  }

  /** Says whom to tell; one that came before is told now. */
  attach(target: HangupTarget): void {
    this.#target = target;
    if (this.#isEarly) this.take();
    this.#isEarly = false;
  }

  take(): void {
    if (this.#target === null) {
      this.#isEarly = true;
    } else if (this.#terminals.every(this.#isTerminal)) {
      this.#target.reload();
    } else {
      this.#target.stop();
    }
  }
}
