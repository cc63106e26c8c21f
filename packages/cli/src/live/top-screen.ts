// SPDX-License-Identifier: Apache-2.0
// A terminal that is drawn over again and again, on a screen of its own that goes when it is over:
// what stood there before is back, whatever ended it. Keys arrive one by one.

import type { ReadStream, WriteStream } from 'node:tty';

const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
const toStart = '\x1b[H';
const clearLine = '\x1b[K';
const clearBelow = '\x1b[J';
const usualColumns = 80;
const usualRows = 24;
const keyCtrlC = '\x03';
const keyCtrlD = '\x04';

export class TopScreen {
  readonly #output: WriteStream;
  readonly #input: ReadStream;
  readonly #onQuit: () => void;
  readonly #onKey = (keys: Buffer): void => {
    const text = keys.toString('latin1');
    if (/[qQ]/.test(text) || text.includes(keyCtrlC) || text.includes(keyCtrlD)) this.#onQuit();
  };
  readonly #onResize = (): void => this.#redraw();
  #lines: readonly string[] = [];
  #isOpen = false;

  constructor(output: WriteStream, input: ReadStream, onQuit: () => void) {
    this.#output = output;
    this.#input = input;
    this.#onQuit = onQuit;
  }

  /** How many lines it shows. */
  get lines(): number {
    return this.#output.rows || usualRows;
  }

  open(): void {
    this.#isOpen = true;
    this.#output.write(enter);
    if (this.#input.isTTY) {
      this.#input.setRawMode(true);
      this.#input.on('data', this.#onKey);
      this.#input.resume();
    }
    this.#output.on('resize', this.#onResize);
  }

  draw(lines: readonly string[]): void {
    this.#lines = lines;
    this.#redraw();
  }

  /** Gives the terminal back; repeating it changes nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#output.off('resize', this.#onResize);
    if (this.#input.isTTY) {
      this.#input.off('data', this.#onKey);
      this.#input.setRawMode(false);
      this.#input.pause();
    }
    this.#output.write(leave);
  }

  /** Lines that are wider or more than the screen are cut: a wrapped one would shift the rest. */
  #redraw(): void {
    // A terminal that nobody told its size says 0.
    const columns = this.#output.columns || usualColumns;
    const shown = this.#lines
      .slice(0, this.lines)
      .map((line) => `${line.slice(0, columns)}${clearLine}`);
    this.#output.write(`${toStart}${shown.join('\r\n')}${clearBelow}`);
  }
}
