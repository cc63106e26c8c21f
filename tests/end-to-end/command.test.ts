// SPDX-License-Identifier: Apache-2.0
// The commands that watch nothing: version, help, doctor. All of their output is for people, but
// for what `--json` asks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { describe, test } from 'node:test';
import { run } from './support/child.ts';
import { fimbulPath, runFimbul } from './support/fimbul.ts';
import { assertNoTrace } from './support/refusal.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** Every command that stands in the help, with those below it. */
const commands = [
  ...['', 'run', 'agent', 'rules', 'rules check', 'record', 'replay', 'doctor', 'version'],
  ...['status', 'top', 'reload', 'rules explain', 'rules test', 'rules fmt'],
];

test('version: that of this tree, and of the Node.js it runs on', async () => {
  const { status, stdout, stderr } = await runFimbul(['version']);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.match(stdout, /^fimbul (\S+) \(Node\.js v24\.\d+\.\d+, \w+\)\n$/);
  assert.ok(stdout.startsWith(`fimbul ${version} `), stdout);
});

test('--version: one line', async () => {
  const { status, stdout } = await runFimbul(['--version']);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: `fimbul ${version}\n` });
});

describe('--help', { concurrency: 2 }, () => {
  for (const command of commands) {
    const words = command.split(' ').filter((word) => word !== '');
    test(`fimbul ${command}`.trim(), async () => {
      const { status, stdout, stderr } = await runFimbul([...words, '--help']);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      const [usage = '', , description = ''] = stdout.split('\n');
      assert.ok(usage.startsWith(`Usage: ${['fimbul', ...words].join(' ')}`), usage);
      assert.match(description, /^\w.{10}/);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, `too long: ${line}`);
      const rows = stdout.split('\n').filter((line) => /^ {2}\S/.test(line));
      assert.notEqual(rows.length, 0);
      for (const row of rows) {
        assert.match(row, /^ {2}\S+(?: \S+)* {2,}\S/, `not explained: ${row}`);
      }
    });
  }

  test('the help names every command that there is, and no other', async () => {
    const { stdout } = await runFimbul(['--help']);
    const [, list = ''] = stdout.split('Commands:\n');
    const names = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    const expected = commands.filter((command) => /^\w+$/.test(command));
    assert.deepEqual(names.toSorted(), [...expected, 'help'].toSorted());
  });

  test('fimbul help COMMAND is the same', async () => {
    for (const command of [['agent'], ['rules', 'check']]) {
      const [long, short] = await Promise.all([
        runFimbul(['help', ...command]),
        runFimbul([...command, '--help']),
      ]);
      assert.equal(long.status, 0);
      assert.equal(long.stdout, short.stdout);
    }
  });

  test('without a command: the help, on stderr, as a wrong use', async () => {
    const { status, stdout, stderr } = await runFimbul([]);
    assert.deepEqual({ status, stdout }, { status: 2, stdout: '' });
    assert.match(stderr, /^Usage: fimbul /);
  });
});

describe('doctor', () => {
  test('for people: the kernel, each backend with a verdict, each operation', async () => {
    const { status, stdout, stderr } = await runFimbul(['doctor']);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.ok(stdout.includes(`Linux ${release()}\n`), stdout);
    for (const backend of ['lsm', 'kprobe', 'fexit', 'tracepoint']) {
      assert.match(stdout, new RegExp(`^ {2}${backend} +(?:usable|refused) +\\S`, 'm'));
    }
    assert.match(stdout, /^Preemption +(?:none|voluntary|full|lazy|preemptible|unknown): /m);
    for (const operation of ['open', 'unlink', 'rename', 'chmod', 'exec', 'exit', 'fork']) {
      // The backend, and why it.
      assert.match(stdout, new RegExp(`^ {2}${operation} +\\w+ +\\S`, 'm'));
    }
  });

  test('--json: the same, for machines', async () => {
    const { status, stdout, stderr } = await runFimbul(['doctor', '--json']);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const { kernel, plan, refusal } = JSON.parse(stdout) as {
      kernel: { release: string; tracepoints: Record<string, string> };
      plan: { operations: { operation: string; backend: string }[]; backends: object[] };
      refusal: null;
    };
    assert.equal(kernel.release, release());
    assert.equal(kernel.tracepoints.sys_exit, 'vmlinux');
    assert.deepEqual(
      plan.operations.map(({ operation }) => operation),
      ['open', 'unlink', 'rename', 'chmod', 'exec', 'exit', 'fork'],
    );
    assert.equal(plan.backends.length, 4);
    assert.equal(refusal, null);
  });

  test('what it writes may go to a reader that leaves, or to a full disk', async () => {
    const early = await run('sh', ['-c', `${fimbulPath} doctor --json | true`]);
    assert.deepEqual(early, { status: 0, signal: null, stdout: '', stderr: '' });
    const full = await run('sh', ['-c', `${fimbulPath} doctor > /dev/full`]);
    assert.equal(full.status, 1);
    assertNoTrace(full.stderr);
    assert.match(full.stderr, /^fimbul: write to standard output: .*no space.*\n {2}→ make room/);
  });
});
