// SPDX-License-Identifier: Apache-2.0
// Processes that are gone at once, made by processes that are gone at once, by several makers side
// by side: each alert has the whole line of those who made it, and none has another's.

import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Alert, find, listAncestors } from './support/alert.ts';
import { compileProgram } from './support/c-program.ts';
import { runOrFail } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const makerCount = 4;
const eachCount = 250;
const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
let append = '';
let brood = '';

before(async () => {
  append = await compileProgram(workspace, 'append');
  brood = await compileProgram(workspace, 'brood');
});

after(() => workspace[Symbol.dispose]());

function listArguments(alert: Alert): readonly unknown[] {
  const list = find(alert, 'process.argv');
  return Array.isArray(list) ? list : [];
}

/** Who made a file, from the process to this test. */
function describeLine(alert: Alert): readonly unknown[] {
  const ancestors = listAncestors(alert);
  const own = ancestors.findIndex((ancestor) => find(ancestor, 'pid') === process.pid);
  return [
    find(alert, 'process.file.path'),
    listArguments(alert)[1],
    ...ancestors.slice(0, own + 1).map((ancestor) => find(ancestor, 'file.path')),
  ];
}

test('alerts of processes that are gone at once carry all of their ancestors', async () => {
  const policy = workspace.writePolicy([
    {
      id: 'made',
      every: 0,
      expression: `open.file.path =~ "${directory}/*" && open.flags & O_CREAT > 0`,
    },
  ]);
  await using agent = await RunningAgent.start({ policy });
  const words = [append, `${directory}/`, String(makerCount), String(eachCount)];
  const makers = (await runOrFail(brood, words)).trimEnd().split('\n').map(Number);
  const { status, stderr } = await agent.stop();

  assert.equal(status, 0);
  assert.equal(makers.length, makerCount);
  assert.deepEqual(readCounters(stderr).outOfBalance, []);
  const alerts = new Map(agent.alerts.map((alert) => [find(alert, 'open.file.path'), alert]));
  assert.equal(agent.alerts.length, makerCount * eachCount);
  assert.equal(alerts.size, makerCount * eachCount);
  const line = (path: unknown): readonly unknown[] => [
    ...[append, path],
    ...[brood, brood, brood, realpathSync(process.execPath)],
  ];
  for (const [path, alert] of alerts) {
    const [, maker = ''] = /\/(\d+)-\d+$/.exec(String(path)) ?? [];
    assert.deepEqual(describeLine(alert), line(path));
    assert.equal(find(listAncestors(alert)[1], 'pid'), makers[Number(maker)]);
  }
});
