// SPDX-License-Identifier: Apache-2.0
// What the agent is started with, for each command line.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Command } from 'commander';
import { memoryFlags } from '../become.ts';
import { addAgentCommands } from './agent.ts';

const { NO_COLOR: noColor } = process.env;

beforeEach(() => {
  process.env.NO_COLOR = '1';
});

afterEach(() => {
  if (noColor === undefined) delete process.env.NO_COLOR;
  else process.env.NO_COLOR = noColor;
});

/** The arguments that this process would become the agent with. */
function run(...argv: readonly string[]): readonly string[] {
  const calls: (readonly string[])[] = [];
  const original = process.execve;
  assert.ok(original);
  process.execve = ((file: string, args: readonly string[] = []): void => {
    assert.equal(file, process.execPath);
    calls.push(args);
    // Unlike the real one it returns.
  }) as typeof original;
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addAgentCommands(program);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  try {
    program.parse(argv, { from: 'user' });
  } finally {
    process.execve = original;
  }
  assert.equal(calls.length, 1);
  const [node, ...args] = calls[0] ?? [];
  assert.equal(node, process.execPath);
  assert.deepEqual(args.slice(0, memoryFlags.length), memoryFlags);
  const [main, ...rest] = args.slice(memoryFlags.length);
  assert.match(main ?? '', /\/packages\/agent\/src\/main\.ts$/);
  return rest;
}

describe('the agent is started', () => {
  it('for people, unless it is asked otherwise', () => {
    assert.deepEqual(run('run'), ['--output=text']);
    assert.deepEqual(run('agent'), ['--output=text']);
    assert.deepEqual(run('run', '--output', 'json'), ['--output=json']);
  });

  it('with every option that was given, and policies in their order', () => {
    const argv = ['--config', 'c.yaml', '--policy', 'b', '--policy', 'a', '--backend', 'lsm'];
    assert.deepEqual(run('agent', ...argv, '--duration', '5m'), [
      ...['--output=text', '--config=c.yaml', '--policy=b', '--policy=a', '--backend=lsm'],
      '--duration=5m',
    ]);
  });

  it('with values as they are, whatever they look like', () => {
    assert.deepEqual(run('run', '--policy=--backend', '--policy=a b'), [
      ...['--output=text', '--policy=--backend', '--policy=a b'],
    ]);
  });

  it('with colours where our own output has them', () => {
    delete process.env.NO_COLOR;
    const before = process.env.FORCE_COLOR;
    process.env.FORCE_COLOR = '1';
    try {
      assert.deepEqual(run('run'), ['--output=text', '--color']);
    } finally {
      if (before === undefined) delete process.env.FORCE_COLOR;
      else process.env.FORCE_COLOR = before;
    }
  });
});

describe('a wrong call', () => {
  for (const argv of [
    ['run', '--output', 'xml'],
    ['run', '--backend', 'ebpf'],
    ['run', '--policy'],
    ['run', '--nonsense'],
  ]) {
    it(`starts nothing: ${argv.join(' ')}`, () => {
      assert.throws(() => run(...argv), { name: 'CommanderError' });
    });
  }
});
