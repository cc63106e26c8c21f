// SPDX-License-Identifier: Apache-2.0
// What the recorder and a replay are started with, for each command line.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Command } from 'commander';
import { memoryFlags } from '../become.ts';
import { addRecordCommand } from './record.ts';
import { addReplayCommand } from './replay.ts';

const { NO_COLOR: noColor } = process.env;

beforeEach(() => {
  process.env.NO_COLOR = '1';
});

afterEach(() => {
  if (noColor === undefined) delete process.env.NO_COLOR;
  else process.env.NO_COLOR = noColor;
});

/** The program and the arguments that this process would become. */
function run(...argv: readonly string[]): readonly string[] {
  const calls: (readonly string[])[] = [];
  const original = process.execve;
  assert.ok(original);
  process.execve = ((_file: string, args: readonly string[] = []): void => {
    calls.push(args);
    // Unlike the real one it returns.
  }) as typeof original;
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addRecordCommand(program);
  addReplayCommand(program);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  try {
    program.parse(argv, { from: 'user' });
  } finally {
    process.execve = original;
  }
  const [main = '', ...rest] = (calls[0] ?? []).slice(1 + memoryFlags.length);
  return [main.slice(main.lastIndexOf('/') + 1), ...rest];
}

describe('the recorder is started', () => {
  it('with its file alone', () => {
    assert.deepEqual(run('record', '-o', '-a b'), ['record-main.ts', '--out=-a b']);
  });

  it('with everything, each option in one word', () => {
    const args = ['--policy', 'p', '--policy', '-q', '--backend', 'lsm', '--duration', '5s'];
    const more = ['--ring-size', '64', '--max-size', '9', '--config', 'c', '--force'];
    assert.deepEqual(run('record', '--out', 'f', ...args, ...more), [
      ...['record-main.ts', '--out=f', '--force', '--config=c', '--policy=p', '--policy=-q'],
      ...['--backend=lsm', '--duration=5s', '--ring-size=64', '--max-size=9'],
    ]);
  });

  it('not without a file, and with no backend that there is not', () => {
    assert.throws(() => run('record'), /required option '-o, --out <file>'/);
    assert.throws(() => run('record', '-o', 'f', '--backend', 'x'), /Allowed choices are auto/);
  });
});

describe('a replay is started', () => {
  it('for people, unless it is asked otherwise', () => {
    assert.deepEqual(run('replay', 'f', '--policy', 'p'), [
      ...['replay-main.ts', '--recording=f', '--output=text', '--policy=p'],
    ]);
    assert.deepEqual(run('replay', '--policy', 'p', '--policy', 'q', '--output', 'json', 'f'), [
      ...['replay-main.ts', '--recording=f', '--output=json', '--policy=p', '--policy=q'],
    ]);
  });

  it('not without a policy or a recording', () => {
    assert.throws(() => run('replay', 'f'), /required option '--policy <path>'/);
    assert.throws(() => run('replay', '--policy', 'p'), /missing required argument 'recording'/);
  });
});
