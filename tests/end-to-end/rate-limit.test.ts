// SPDX-License-Identifier: Apache-2.0
// What becomes of a match: `every` holds back and says how much, `silent` says nothing, and the
// alerts of one event share its identifier.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Alert, find, isAlert } from './support/alert.ts';
import { findShapeFaults } from './support/alert-shape.ts';
import { readCounters } from './support/counters.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
let agent: RunningAgent;
let writeCount = 0;

function listAlerts(rule: string): Alert[] {
  return agent.alerts.filter((alert) => isAlert(alert, rule));
}

/** Writes and waits until the rule that holds nothing back has told so. */
async function write(): Promise<void> {
  writeFileSync(`${directory}/file`, 'x');
  writeCount += 1;
  await agent.waitFor(`write ${writeCount}`, () => listAlerts('always').length === writeCount);
}

before(async () => {
  const expression = `open.file.path == "${directory}/file" && open.flags & O_WRONLY > 0`;
  const policy = workspace.writePolicy([
    { id: 'hourly', every: '1h', expression },
    { id: 'each_second', every: '1s', expression },
    { id: 'quiet', silent: true, expression },
    // The last: once its alert is there, those of the others on the same event are.
    { id: 'always', every: 0, expression },
  ]);
  agent = await RunningAgent.start({ policy });
});

after(async () => {
  await agent?.[Symbol.asyncDispose]();
  workspace[Symbol.dispose]();
});

test('every: what is held back is told when the period ends, without another event', async () => {
  await write();
  await write();
  await agent.waitFor('the end of a period', () => listAlerts('each_second').length === 2);
  const [first, second] = listAlerts('each_second');
  assert.equal(find(first, 'rule.suppressed'), undefined);
  // The last that was held back is told as itself, and there were no others.
  assert.equal(find(second, 'rule.suppressed'), undefined);
  assert.equal(find(second, 'event.id'), find(listAlerts('always')[1], 'event.id'));
  assert.deepEqual(findShapeFaults(second as Alert), []);
});

test('every: 0 tells each time, and an hour is not over', async () => {
  await write();
  await write();
  assert.equal(listAlerts('always').length, writeCount);
  assert.equal(listAlerts('hourly').length, 1);
});

test('the alerts of one event share its identifier, and other events have others', () => {
  const ids = listAlerts('always').map((alert) => find(alert, 'event.id'));
  assert.equal(new Set(ids).size, ids.length);
  const [first] = agent.alerts;
  const together = agent.alerts.filter(
    (alert) => find(alert, 'event.id') === find(first, 'event.id'),
  );
  assert.deepEqual(together.map((alert) => find(alert, 'rule.id')).toSorted(), [
    'always',
    'each_second',
    'hourly',
  ]);
});

test('at the end everything that was held back is told, and the counters balance', async () => {
  const { stderr } = await agent.stop();
  assert.equal(listAlerts('quiet').length, 0);
  const { rules } = readCounters(stderr);
  assert.deepEqual(rules.always, { matched: writeCount });
  assert.deepEqual(rules.quiet, { matched: writeCount, silent: writeCount });
  const heldBack = writeCount - 1;
  assert.deepEqual(rules.hourly, { matched: writeCount, suppressed: heldBack, summaries: 1 });
  const [, last] = listAlerts('hourly');
  assert.equal(find(last, 'rule.suppressed'), heldBack - 1);
  assert.deepEqual(find(last, 'rule.suppressed_paths'), [`${directory}/file`]);
  assert.equal(find(last, 'event.id'), find(listAlerts('always').at(-1), 'event.id'));
  for (const rule of ['hourly', 'each_second']) {
    const told = listAlerts(rule).map((alert) => 1 + Number(find(alert, 'rule.suppressed') ?? 0));
    assert.equal(
      told.reduce((sum, count) => sum + count, 0),
      writeCount,
      rule,
    );
  }
});
