// SPDX-License-Identifier: Apache-2.0
// What an agent starts with, and every way in which it cannot.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { prepareInThread } from './in-thread.ts';
import { prepareStart, type StartTask } from './start-reply.ts';

const good = `{ id: good, expression: 'open.file.name == "a"' }`;
const bad = `{ id: bad, expression: 'open.file.nome == "a"' }`;
const colorStart = '\u001b[';
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-start-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function makeTask(argv: readonly string[], isErrorTerminal = false): StartTask {
  return { argv, directory, isErrorTerminal };
}

function write(...rules: readonly string[]): readonly string[] {
  const policy = join(directory, 'p.policy');
  writeFileSync(policy, `rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`);
  const config = join(directory, 'config.yaml');
  writeFileSync(config, 'ring_mib: 4\n');
  return [`--policy=${policy}`, `--config=${config}`, '--color'];
}

test('options and rules arrive, a broken rule is told, and nothing that only people read', () => {
  const reply = prepareStart(makeTask([...write(bad, good), '--output=json']));
  assert.ok(reply.kind === 'prepared');
  const { options, loaded } = reply;
  assert.equal(options.output, 'json');
  assert.equal(options.ringBytes, 4 * 1024 * 1024);
  assert.deepEqual(
    loaded.policies.rules.map(({ id, explanation }) => [id, explanation]),
    [['good', { lanes: [], predicates: [] }]],
  );
  assert.deepEqual(loaded.policies.diagnostics, []);
  assert.ok(loaded.report.includes('open.file.nome') && !loaded.report.includes(colorStart));
  assert.deepEqual(
    loaded.files.map(({ rules, errors }) => [rules, errors]),
    [[1, 1]],
  );
});

test('diagnostics have colours where they are asked for and go to a terminal', () => {
  const reply = prepareStart(makeTask(write(bad, good), true));
  assert.ok(reply.kind === 'prepared' && reply.loaded.report.includes(colorStart));
});

test('without a rule the diagnostics come with the failure', () => {
  const reply = prepareStart(makeTask(write(bad)));
  assert.ok(reply.kind === 'failed');
  assert.match(reply.report, /open\.file\.nome/);
  assert.match(reply.what, /^load policies: no rule could be loaded from /);
  assert.match(reply.advice, /fimbul rules check/);
  assert.equal(reply.exitCode, 1);
});

test('a command line that is wrong keeps its exit status', () => {
  const reply = prepareStart(makeTask(['--duration=soon']));
  assert.ok(reply.kind === 'failed');
  const { report, what, exitCode } = reply;
  assert.deepEqual([report, what, exitCode], ['', '--duration "soon" is not a duration', 2]);
});

test('relative paths start where the agent was started', () => {
  const names = write(good).map((option) => option.replace(`${directory}/`, ''));
  const reply = prepareStart(makeTask(names));
  assert.ok(reply.kind === 'prepared');
  assert.deepEqual(reply.options.policies, [join(directory, 'p.policy')]);
  assert.equal(reply.options.ringBytes, 4 * 1024 * 1024);
  const gone = prepareStart({ ...makeTask(names), directory: null });
  assert.ok(gone.kind === 'failed');
  assert.match(gone.what, /^--config "config.yaml" starts at the current directory, which does/);
});

test('it is the same from a thread', async () => {
  for (const argv of [write(bad, good), ['--backend=none'], ['--policy=/nowhere/p.policy']]) {
    const task = makeTask(argv);
    assert.deepEqual(await prepareInThread(task), prepareStart(task));
  }
});

test('a thread that throws, or ends without a reply, is no start', async () => {
  const play = (text: string): Promise<unknown> => {
    const file = join(directory, 'worker.mjs');
    writeFileSync(file, text);
    return prepareInThread(makeTask([]), new URL(`file://${file}`));
  };
  await assert.rejects(play('throw new TypeError("broken");'), /^TypeError: broken$/);
  await assert.rejects(play('process.exit(7);'), {
    name: 'Failure',
    message: 'compile the policies: the thread ended with 7',
  });
});
