// SPDX-License-Identifier: Apache-2.0
// `fimbul agent --output json`: what stands on stdout and stderr, to the last field.

import assert from 'node:assert/strict';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Alert, find, pick } from './support/alert.ts';
import { findShapeFaults } from './support/alert-shape.ts';
import { runOrFail } from './support/child.ts';
import { isBalanced, readCounters } from './support/counters.ts';
import { type AgentEnd, RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const startedMs = Date.now();
let lines: readonly string[] = [];
let alerts: readonly Alert[] = [];
let end: AgentEnd;

function findAlert(type: string): Alert {
  const found = alerts.find((alert) => find(alert, 'event.type') === type);
  assert.ok(found, `there is no ${type} among ${alerts.length} alerts`);
  return found;
}

before(async () => {
  const below = (type: string): string => `${type}.file.path =~ "${directory}/**"`;
  const program = workspace.writeFile('program', '#!/bin/sh\nexit 3\n', 0o755);
  const policy = workspace.writePolicy([
    {
      id: 'opened',
      description: 'A file was opened.',
      version: '1.2.3',
      tags: { team: 'tests' },
      expression: `${below('open')} && open.flags & O_CREAT > 0`,
    },
    { id: 'removed', expression: below('unlink') },
    { id: 'renamed', expression: below('rename') },
    { id: 'rights_changed', expression: below('chmod') },
    { id: 'ran', expression: `exec.file.path == "${program}"` },
    { id: 'ended', expression: `exit.file.path == "${program}"` },
  ]);
  const gathered: string[] = [];
  await using agent = await RunningAgent.start({
    policy,
    takeLine: (line) => void gathered.push(line),
  });
  writeFileSync(`${directory}/a`, 'x');
  chmodSync(`${directory}/a`, 0o640);
  renameSync(`${directory}/a`, `${directory}/b`);
  rmSync(`${directory}/b`);
  await assert.rejects(runOrFail(program, ['an argument']), /ended with 3/);
  end = await agent.stop();
  lines = gathered;
  alerts = lines.map((line) => JSON.parse(line) as Alert);
});

after(() => workspace[Symbol.dispose]());

test('stdout has one JSON object a line for each event, and nothing else', () => {
  assert.deepEqual(
    alerts.map((alert) => find(alert, 'rule.id')),
    ['opened', 'rights_changed', 'renamed', 'removed', 'ran', 'ended'],
  );
});

test('every value stands under the name of its field, in the form its field declares', () => {
  assert.deepEqual(alerts.flatMap(findShapeFaults), []);
});

test('an alert says which rule accepted it', () => {
  assert.deepEqual(find(findAlert('open'), 'rule'), {
    id: 'opened',
    description: 'A file was opened.',
    version: '1.2.3',
    tags: ['team:tests'],
    policy: workspace.path('test.policy'),
  });
});

test('open: flags by name, whether it created the file, the mode asked for', () => {
  const alert = findAlert('open');
  assert.deepEqual(
    pick(alert, ['open.flags', 'open.created', 'open.file.path', 'open.file.name']),
    {
      'open.flags': ['O_WRONLY', 'O_CREAT', 'O_TRUNC', 'O_CLOEXEC'],
      'open.created': true,
      'open.file.path': `${directory}/a`,
      'open.file.name': 'a',
    },
  );
  assert.equal(find(alert, 'open.file.destination.rights'), 0o666);
});

test('chmod: the rights after', () => {
  const alert = findAlert('chmod');
  assert.equal(find(alert, 'chmod.file.path'), `${directory}/a`);
  assert.equal(find(alert, 'chmod.file.destination.rights'), 0o640);
});

test('rename: both names of one inode', () => {
  const alert = findAlert('rename');
  assert.equal(find(alert, 'rename.file.path'), `${directory}/a`);
  assert.equal(find(alert, 'rename.file.destination.path'), `${directory}/b`);
  assert.equal(find(alert, 'rename.file.inode'), find(findAlert('open'), 'open.file.inode'));
});

test('exec and exit: the program, its arguments and how it ended', () => {
  const argv = [workspace.path('program'), 'an argument'];
  for (const type of ['exec', 'exit']) {
    assert.equal(find(findAlert(type), `${type}.file.path`), workspace.path('program'));
    assert.deepEqual((find(findAlert(type), `${type}.argv`) as string[]).slice(-2), argv);
  }
  assert.equal(find(findAlert('exit'), 'exit.code'), 3);
  assert.deepEqual(find(findAlert('exit'), 'exit.cause'), ['EXITED']);
});

test('times are those of this run, in order', () => {
  const times = alerts.map((alert) => String(find(alert, 'event.timestamp')));
  assert.deepEqual(times, times.toSorted());
  for (const time of times) {
    const ms = Date.parse(time);
    assert.ok(ms >= startedMs && ms <= Date.now(), `${time} is not within this run`);
  }
});

test('every event has an identifier of its own', () => {
  assert.equal(new Set(alerts.map((alert) => find(alert, 'event.id'))).size, alerts.length);
});

test('stderr says ready in one line, and ends with counters that balance', () => {
  assert.equal(end.status, 0);
  assert.equal(end.stderr.match(/ready/g)?.length, 1);
  assert.match(end.stderr, /^fimbul: ready: 6 rules; backend \w+ on Linux \S+; pid \d+$/m);
  const counters = readCounters(end.stderr);
  assert.deepEqual(counters.outOfBalance, []);
  for (const [kind, values] of Object.entries(counters.kinds)) {
    assert.ok(isBalanced(values), `${kind} does not balance: ${JSON.stringify(values)}`);
  }
  assert.deepEqual(counters.rules, {
    opened: { matched: 1 },
    removed: { matched: 1 },
    renamed: { matched: 1 },
    rights_changed: { matched: 1 },
    ran: { matched: 1 },
    ended: { matched: 1 },
  });
});

test('--duration: that long after it was ready it ends, drained and counted', async () => {
  const spawnedMs = performance.now();
  const policy = workspace.path('test.policy');
  await using agent = await RunningAgent.start({ policy, args: ['--duration', '1s'] });
  const { status, signal, stderr } = await agent.waitForEnd();
  assert.deepEqual({ status, signal }, { status: 0, signal: null });
  assert.ok(performance.now() - spawnedMs >= 1000);
  assert.deepEqual(readCounters(stderr).outOfBalance, []);
});
