// SPDX-License-Identifier: Apache-2.0
// The command lines of the recorder and of a replay.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '@fimbul/config';
import { type RecordOptions, readRecordOptions, readReplayOptions } from './record-options.ts';

const mebibyte = 1024 * 1024;

function refuse(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.exitCode, 2);
    return error.message;
  }
  assert.fail('it was accepted');
}

describe('readRecordOptions', () => {
  const read = (...args: readonly string[]): RecordOptions =>
    readRecordOptions(['--out=a.rec', ...args]);

  it('records everything, until a signal or a size, unless it is told otherwise', () => {
    const { policies, force, durationMs, bytesMax, output } = read();
    assert.deepEqual(
      { policies, force, durationMs, bytesMax, output },
      {
        policies: null,
        force: false,
        durationMs: null,
        bytesMax: 4096 * mebibyte,
        output: 'a.rec',
      },
    );
  });

  it('takes what it is told', () => {
    const options = read(
      ...['--force', '--policy=/b', '--policy=/a', '--duration=2s'],
      ...['--ring-size=64', '--max-size=10', '--backend=tracepoint'],
    );
    assert.deepEqual(options, {
      output: 'a.rec',
      force: true,
      policies: ['/b', '/a'],
      backend: 'tracepoint',
      ringBytes: 64 * mebibyte,
      bytesMax: 10 * mebibyte,
      durationMs: 2000,
    });
  });

  it('refuses the rest', () => {
    assert.match(
      refuse(() => readRecordOptions([])),
      /no file to record to/,
    );
    for (const size of ['0', '3', '2048', '-1', '1.5', 'x', '', '99999999']) {
      assert.match(
        refuse(() => read(`--ring-size=${size}`)),
        /--ring-size/,
        size,
      );
    }
    for (const size of ['0', '-1', '1.5', 'x', '', '99999999']) {
      assert.match(
        refuse(() => read(`--max-size=${size}`)),
        /--max-size/,
        size,
      );
    }
    assert.match(
      refuse(() => read('--duration=soon')),
      /--duration/,
    );
    assert.match(
      refuse(() => read('--backend=none')),
      /--backend/,
    );
    assert.match(
      refuse(() => read('--colour')),
      /colour/,
    );
  });
});

describe('readReplayOptions', () => {
  it('takes a recording and policies, as they are written', () => {
    const args = ['--recording=a.rec', '--policy=p', '--policy=../q', '--output=json', '--color'];
    assert.deepEqual(readReplayOptions(args), {
      recording: 'a.rec',
      policies: ['p', '../q'],
      output: 'json',
      color: true,
    });
  });

  it('refuses to do without one of them, and what it does not know', () => {
    assert.match(
      refuse(() => readReplayOptions(['--policy=p'])),
      /no recording is named/,
    );
    assert.match(
      refuse(() => readReplayOptions(['--recording=a'])),
      /no policy is named/,
    );
    const whole = ['--recording=a', '--policy=p'];
    assert.match(
      refuse(() => readReplayOptions([...whole, '--output=xml'])),
      /--output/,
    );
    assert.match(
      refuse(() => readReplayOptions([...whole, '--backend=lsm'])),
      /backend/,
    );
  });
});
