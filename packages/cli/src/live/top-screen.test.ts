// SPDX-License-Identifier: Apache-2.0
// What is written to a terminal that is played here, and that it is given back.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import type { ReadStream, WriteStream } from 'node:tty';
import { TopScreen } from './top-screen.ts';

function makeScreen() {
  const written: string[] = [];
  const modes: boolean[] = [];
  const output = Object.assign(new EventEmitter(), {
    ...{ columns: 10, rows: 3 },
    write: (text: string) => written.push(text) > 0,
  });
  const input = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: (mode: boolean) => void modes.push(mode),
    resume: () => undefined,
    pause: () => undefined,
  });
  const quits = { count: 0 };
  const screen = new TopScreen(
    // The screen uses no more of either than this.
    output as unknown as WriteStream,
    input as unknown as ReadStream,
    () => {
      quits.count += 1;
    },
  );
  return { screen, written, modes, output, input, quits };
}

describe('a screen', () => {
  it('draws no more lines and columns than there are', () => {
    const { screen, written } = makeScreen();
    screen.open();
    screen.draw(['0123456789abc', 'b', 'c', 'd']);
    assert.equal(written.at(-1), '\x1b[H0123456789\x1b[K\r\nb\x1b[K\r\nc\x1b[K\x1b[J');
  });

  it('draws again when the terminal changes its size', () => {
    const { screen, written, output } = makeScreen();
    screen.open();
    screen.draw(['0123456789abc']);
    output.columns = 2;
    output.emit('resize');
    assert.equal(written.at(-1), '\x1b[H01\x1b[K\x1b[J');
  });

  it('takes a terminal without a size for a usual one', () => {
    const { screen, written, output } = makeScreen();
    Object.assign(output, { columns: 0, rows: 0 });
    screen.open();
    screen.draw(['x'.repeat(100), ...Array<string>(30).fill('y')]);
    const lines = written.at(-1)?.split('\r\n') ?? [];
    assert.equal(lines.length, 24);
    assert.equal(lines[0], `\x1b[H${'x'.repeat(80)}\x1b[K`);
  });

  it('ends by q and by the keys that end programs, and by no other', () => {
    const { screen, input, quits } = makeScreen();
    screen.open();
    for (const key of ['x', ' ', '\x1b[A']) input.emit('data', Buffer.from(key));
    assert.equal(quits.count, 0);
    for (const key of ['q', 'Q', '\x03', '\x04']) input.emit('data', Buffer.from(key));
    assert.equal(quits.count, 4);
  });

  it('gives the terminal back once, as it was', () => {
    const { screen, written, modes, input, output } = makeScreen();
    screen.open();
    screen.close();
    screen.close();
    assert.deepEqual(written, ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l']);
    assert.deepEqual(modes, [true, false]);
    assert.equal(input.listenerCount('data') + output.listenerCount('resize'), 0);
  });
});
