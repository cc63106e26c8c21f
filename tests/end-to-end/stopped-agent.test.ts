// SPDX-License-Identifier: Apache-2.0
// An agent that gets no turn for two seconds, as on a host that is busy or short of memory, while
// five thousand relevant calls a second go on: with the ring that it has by default, every one of
// them is told afterwards, and nothing was lost.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileProgram } from './support/c-program.ts';
import { runOrFail } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { RunningAgent } from './support/running-agent.ts';
import { countStorm } from './support/storm.ts';
import { Workspace } from './support/workspace.ts';

const ratePerSecond = 5000;
const stoppedMs = 2000;
const operationCount = (ratePerSecond * stoppedMs) / 1000;
/** How much longer the load may take than it should: beyond that the rate was another one. */
const slackMs = 250;
const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
let paced = '';

before(async () => {
  paced = await compileProgram(workspace, 'paced');
});

after(() => workspace[Symbol.dispose]());

function readState(pid: number): string {
  // The name of the program, which stands before, may hold anything but ends with the last ')'.
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.at(0) ?? '';
}

test(`${stoppedMs} ms stopped at ${ratePerSecond} calls a second lose nothing`, async () => {
  const below = `"${directory}/*"`;
  const policy = workspace.writePolicy([
    {
      id: 'created',
      every: 0,
      expression: `open.file.path =~ ${below} && open.flags & O_CREAT > 0`,
    },
    { id: 'changed', every: 0, expression: `chmod.file.path =~ ${below}` },
    { id: 'renamed', every: 0, expression: `rename.file.path =~ ${below}` },
    { id: 'removed', every: 0, expression: `unlink.file.path =~ ${below}` },
  ]);
  const { count, takeLine } = countStorm();
  await using agent = await RunningAgent.start({ policy, takeLine });

  process.kill(agent.pid, 'SIGSTOP');
  try {
    const pause = sleep(stoppedMs);
    const words = [`${directory}/file-`, String(operationCount), String(ratePerSecond)];
    const tookMs = Number(await runOrFail(paced, words));
    await pause;
    assert.equal(readState(agent.pid), 'T', 'the agent was not stopped: nothing was tested');
    assert.equal(count.total, 0, 'the agent told something while it was stopped');
    assert.ok(
      tookMs <= stoppedMs + slackMs,
      `this machine was too busy: ${operationCount} calls took ${tookMs} ms, not ${stoppedMs}`,
    );
  } finally {
    process.kill(agent.pid, 'SIGCONT');
  }
  const { status, stderr } = await agent.stop();

  assert.equal(status, 0);
  const each = operationCount / 4;
  assert.deepEqual(Object.fromEntries(count.alerts), {
    created: each,
    changed: each,
    renamed: each,
    removed: each,
  });
  assert.deepEqual(Object.fromEntries(count.lost), {});
  assert.deepEqual(readCounters(stderr).outOfBalance, []);
});
