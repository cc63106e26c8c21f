// SPDX-License-Identifier: Apache-2.0
// What rules remember and say, with the real agent: a variable that one rule sets and another
// reads, for everything and for a process with its children, for a time, and what alerts tell.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Alert, find, isAlert } from './support/alert.ts';
import { findShapeFaults } from './support/alert-shape.ts';
import { runOrFail } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const program = workspace.writeFile(
  'marked',
  `#!/bin/sh
(: > ${directory}/by-fork)
sh -c ': > ${directory}/by-exec'
`,
  0o755,
);
let agent: RunningAgent;

/** The condition that a file was made or opened for writing by this name. */
function wrote(name: string): string {
  return `open.file.path == "${directory}/${name}" && open.flags & O_WRONLY > 0`;
}

function write(name: string): void {
  writeFileSync(`${directory}/${name}`, 'x');
}

function listAlerts(rule: string): Alert[] {
  return agent.alerts.filter((alert) => isAlert(alert, rule));
}

/** Waits until everything before has been judged. */
async function settle(): Promise<void> {
  const count = listAlerts('settled').length;
  write('settled');
  await agent.waitFor('the last write', () => listAlerts('settled').length > count);
}

const rules = [
  {
    id: 'counted',
    expression: wrote('counted'),
    actions: [
      { set: { name: 'writes', expression: '${writes} + 1', default_value: 0 } },
      { set: { name: 'paths', field: 'open.file.path', append: true } },
      { set: { name: 'secret', value: 'password', private: true } },
    ],
  },
  { id: 'third', expression: `${wrote('counted')} && \${writes} == 3` },
  { id: 'secret_seen', expression: `${wrote('secret')} && \${secret} == "password"` },
  {
    id: 'marked',
    expression: `exec.file.path == "${program}"`,
    silent: true,
    actions: [{ set: { name: 'marked', scope: 'process', value: true, inherited: true } }],
  },
  {
    id: 'by_marked',
    expression: `open.file.path =~ "${directory}/by-*" && \${process.marked}`,
  },
  { id: 'by_anybody', expression: `open.file.path =~ "${directory}/by-*"` },
  {
    id: 'brief',
    expression: wrote('brief'),
    actions: [{ set: { name: 'brief', value: true, ttl: '2s' } }],
  },
  { id: 'soon', expression: `open.file.path =~ "${directory}/after-*" && \${brief}` },
  {
    id: 'logged',
    expression: wrote('logged'),
    silent: true,
    actions: [
      { log: { level: 'warning', message: 'by %{process.comm} ${process.pid}' } },
      { log: { level: 'info', message: 'never' }, filter: 'open.retval < 0' },
    ],
  },
  { id: 'changed', expression: `fim.write.file.path =~ "${directory}/changed-*"` },
  { id: 'settled', expression: wrote('settled') },
];

before(async () => {
  agent = await RunningAgent.start({ policy: workspace.writePolicy(rules) });
});

after(async () => {
  await agent?.[Symbol.asyncDispose]();
  workspace[Symbol.dispose]();
});

test('a counter counts, and a later rule sees it with the same event', async () => {
  for (let count = 0; count < 4; count += 1) write('counted');
  write('secret');
  await settle();
  assert.deepEqual(
    listAlerts('counted').map((alert) => find(alert, 'variables.writes')),
    ['1', '2', '3', '4'],
  );
  const [third, ...others] = listAlerts('third');
  assert.deepEqual(others, []);
  assert.equal(find(third, 'event.id'), find(listAlerts('counted')[2], 'event.id'));
  assert.deepEqual(find(third, 'variables.paths'), [`${directory}/counted`]);
  assert.deepEqual(findShapeFaults(third as Alert), []);
});

test('a private variable is read by rules and shown by no alert', () => {
  assert.equal(listAlerts('secret_seen').length, 1);
  assert.ok(agent.alerts.every((alert) => !JSON.stringify(alert).includes('password')));
});

test('a variable of a process is that of its children too, and of nobody else', async () => {
  write('by-test');
  await runOrFail(program, []);
  await settle();
  const listPaths = (rule: string) =>
    listAlerts(rule).map((alert) => find(alert, 'open.file.path'));
  const [byTest, byFork, byExec] = ['test', 'fork', 'exec'].map((who) => `${directory}/by-${who}`);
  assert.deepEqual(listPaths('by_anybody'), [byTest, byFork, byExec]);
  assert.deepEqual(listPaths('by_marked'), [byFork, byExec]);
  for (const alert of listAlerts('by_marked')) {
    assert.equal(find(alert, 'process.variables.marked'), true);
    assert.deepEqual(findShapeFaults(alert), []);
  }
  assert.equal(find(listAlerts('by_anybody')[0], 'process.variables'), undefined);
});

test('a variable with a time to live is gone after it', async () => {
  const script = `: > brief; : > after-1; sleep 2.1; : > after-2`;
  await runOrFail('sh', ['-c', script], { directory });
  await settle();
  assert.deepEqual(
    listAlerts('soon').map((alert) => find(alert, 'open.file.path')),
    [`${directory}/after-1`],
  );
});

test('a silent rule gives no alert, and its log is a line on standard error', async () => {
  write('logged');
  await settle();
  assert.deepEqual(listAlerts('logged'), []);
  const lines = agent.stderr.split('\n').filter((line) => line.startsWith('fimbul: log '));
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    new RegExp(`^fimbul: log warning rule logged: by .+ ${process.pid}$`),
  );
});

test('a change gives one alert, whatever way it was made', async () => {
  write('changed-1');
  await runOrFail('mv', ['changed-1', 'changed-2'], { directory });
  await runOrFail('rm', ['changed-2'], { directory });
  await settle();
  assert.deepEqual(
    listAlerts('changed').map((alert) => find(alert, 'event.type')),
    ['open', 'rename', 'unlink'],
  );
});

test('at the end the counters tell what actions did', async () => {
  const { stderr } = await agent.stop();
  assert.match(stderr, /^ {2}actions: log_written=1$/m);
  assert.deepEqual(readCounters(stderr).rules.counted, { matched: 4 });
  assert.deepEqual(readCounters(stderr).rules.changed, { matched: 3 });
});
