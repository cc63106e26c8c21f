// SPDX-License-Identifier: Apache-2.0
// How an agent ends, whoever ends it: with everything told and counted where it can, and with
// nothing of it left in the kernel in any case. And that agents do not disturb each other.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { isAlert } from './support/alert.ts';
import { listProgramsOf, waitForNoneOf } from './support/bpf-programs.ts';
import { compileProgram } from './support/c-program.ts';
import { run, runOrFail } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { fimbulPath } from './support/fimbul.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace, watchDirectory } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const policy = workspace.writePolicy(watchDirectory(directory));
let storm = '';

before(async () => {
  storm = await compileProgram(workspace, 'storm');
});

after(() => workspace[Symbol.dispose]());

/** Writes a file of its own, and waits for the alert. */
async function proveItWorks(agent: RunningAgent, name: string): Promise<void> {
  const path = `${directory}/${name}`;
  writeFileSync(path, 'x');
  await agent.waitForAlert(`a write to ${path}`, (alert) => isAlert(alert, 'written', path));
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: what happened before is told and counted, then nothing is left`, async () => {
    await using agent = await RunningAgent.start({ policy });
    const programs = listProgramsOf(agent.pid);
    assert.ok(programs.size > 0, 'the agent holds no program: nothing was tested');
    const count = 500;
    await runOrFail(storm, [`${directory}/storm-`, String(count)]);
    const { status, stderr } = await agent.stop(signal);

    assert.equal(status, 0);
    assert.equal(agent.alerts.filter((alert) => isAlert(alert, 'written')).length, count);
    assert.equal(agent.alerts.filter((alert) => isAlert(alert, 'removed')).length, count);
    const { outOfBalance, rules } = readCounters(stderr);
    assert.deepEqual(outOfBalance, []);
    assert.deepEqual(rules, { written: { matched: count }, removed: { matched: count } });
    await waitForNoneOf(programs);
  });
}

test('SIGKILL: nothing stays attached, and a new agent starts at once', async () => {
  await using killed = await RunningAgent.start({ policy });
  const programs = listProgramsOf(killed.pid);
  await proveItWorks(killed, 'before-kill');
  const { status, signal, stderr } = await killed.stop('SIGKILL');
  assert.deepEqual({ status, signal }, { status: null, signal: 'SIGKILL' });
  assert.doesNotMatch(stderr, /counters/);

  await using next = await RunningAgent.start({ policy });
  await proveItWorks(next, 'after-kill');
  await waitForNoneOf(programs);
  const { status: nextStatus, stderr: nextStderr } = await next.stop();
  assert.equal(nextStatus, 0);
  assert.deepEqual(readCounters(nextStderr).outOfBalance, []);
});

test('two agents at the same time both tell everything', async () => {
  await using first = await RunningAgent.start({ policy });
  await using second = await RunningAgent.start({ policy });
  const count = 200;
  await runOrFail(storm, [`${directory}/both-`, String(count)]);
  const firstEnd = await first.stop();
  // The end of one must not take away what the other uses.
  await runOrFail(storm, [`${directory}/one-`, String(count)]);
  const secondEnd = await second.stop();
  assert.equal(readCounters(firstEnd.stderr).rules.written?.matched, count);
  assert.equal(readCounters(secondEnd.stderr).rules.written?.matched, 2 * count);
  assert.equal(second.alerts.filter((alert) => isAlert(alert, 'removed')).length, 2 * count);
  for (const { status, stderr } of [firstEnd, secondEnd]) {
    assert.equal(status, 0);
    assert.deepEqual(readCounters(stderr).outOfBalance, []);
  }
});

test('a reader that leaves ends the agent with one message', async () => {
  await using agent = await RunningAgent.start({ policy });
  const programs = listProgramsOf(agent.pid);
  agent.closeOutput();
  await runOrFail(storm, [`${directory}/unread-`, '100']);
  const { status, stderr } = await agent.waitForEnd();
  assert.equal(status, 1);
  assert.equal(stderr.match(/the reader of standard output is gone/g)?.length, 1, stderr);
  assert.doesNotMatch(stderr, /^ {4}at /m);
  assert.deepEqual(readCounters(stderr).outOfBalance, []);
  await waitForNoneOf(programs);
});

test('a pipe to head, as a user would write it', async () => {
  const agent = `${fimbulPath} agent --policy ${policy} --output json --duration 5m`;
  const trigger = `until grep -q ready $1; do sleep 0.05; done; ${storm} ${directory}/head- 50`;
  const said = workspace.path('said');
  const script = `(${trigger}) & ${agent} 2> $1 | head -n 1; wait; cat $1 >&2`;
  writeFileSync(said, '');
  const { stdout, stderr } = await run('sh', ['-c', script, 'sh', said]);
  assert.equal(stdout.trimEnd().split('\n').length, 1);
  assert.doesNotThrow(() => JSON.parse(stdout));
  assert.match(stderr, /ready/);
});

test('a full disk ends the agent with one message', async () => {
  const script = `${fimbulPath} agent --policy "$1" --output json --duration 5m > /dev/full`;
  const child = run('sh', ['-c', script, 'sh', policy]);
  // Its readiness goes to our pipe; making events until it has ended needs no look at it.
  const stop = new AbortController();
  const events = (async () => {
    while (!stop.signal.aborted) await runOrFail(storm, [`${directory}/full-`, '1']);
  })();
  const { status, stderr } = await child;
  stop.abort();
  await events;
  assert.equal(status, 1);
  assert.match(stderr, /standard output takes no more \(ENOSPC\); stopping\n {2}→ make room/);
  assert.doesNotMatch(stderr, /^ {4}at /m);
});
