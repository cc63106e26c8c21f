// SPDX-License-Identifier: Apache-2.0
// Exact counts: what a program made is what the agent tells, with both on one and the same CPU, and
// where the agent could not keep up, it says to the last event how many it had to lose.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compileProgram } from './support/c-program.ts';
import { runOrFail } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { RunningAgent } from './support/running-agent.ts';
import { countStorm } from './support/storm.ts';
import { Workspace } from './support/workspace.ts';

const madeCount = 20_000;
const oneCpu = ['taskset', '--cpu-list', '0'] as const;
const workspace = new Workspace();
let storm = '';

before(async () => {
  storm = await compileProgram(workspace, 'storm');
});

after(() => workspace[Symbol.dispose]());

test(`${madeCount} files made and removed beside the agent on one CPU are all told`, async () => {
  const directory = workspace.makeDirectory('watched');
  const policy = workspace.writePolicy([
    {
      id: 'made',
      every: 0,
      expression: `open.file.path =~ "${directory}/*" && open.flags & O_CREAT > 0`,
    },
    { id: 'removed', every: 0, expression: `unlink.file.path =~ "${directory}/*"` },
  ]);
  const { count, takeLine } = countStorm();
  await using agent = await RunningAgent.start({ policy, prefix: oneCpu, takeLine });
  const [taskset, ...options] = oneCpu;
  await runOrFail(taskset, [...options, storm, `${directory}/file-`, String(madeCount)]);
  const { status, stderr } = await agent.stop();

  assert.equal(status, 0);
  assert.deepEqual(Object.fromEntries(count.alerts), { made: madeCount, removed: madeCount });
  assert.equal(count.created, madeCount);
  assert.deepEqual(Object.fromEntries(count.lost), {});
  const counters = readCounters(stderr);
  assert.deepEqual(counters.outOfBalance, []);
  assert.deepEqual(counters.rules, {
    made: { matched: madeCount },
    removed: { matched: madeCount },
  });
});

test('while nobody reads the alerts, what is lost is told to the last event', async () => {
  // The kernel decides whole names, so that only our own file can take room in the ring.
  const path = workspace.path(`only-${process.pid}-${Date.now()}`);
  const policy = workspace.writePolicy([
    { id: 'made', expression: `open.file.path == "${path}" && open.flags & O_CREAT > 0` },
    { id: 'removed', expression: `unlink.file.path == "${path}"` },
  ]);
  const config = workspace.writeFile('small.yaml', 'ring_mib: 1\n');
  const { count, takeLine } = countStorm();
  await using agent = await RunningAgent.start({ policy, args: ['--config', config], takeLine });

  agent.setReading(false);
  await runOrFail(storm, [path, String(madeCount), 'same']);
  assert.equal(count.total, 0, 'something was read');
  agent.setReading(true);
  // A second storm, while the agent works off what the first left.
  await runOrFail(storm, [path, String(madeCount), 'same']);
  const { status, stderr } = await agent.stop();

  assert.equal(status, 0);
  const opens = (count.alerts.get('made') ?? 0) + (count.lost.get('open') ?? 0);
  const unlinks = (count.alerts.get('removed') ?? 0) + (count.lost.get('unlink') ?? 0);
  assert.deepEqual({ opens, unlinks }, { opens: 2 * madeCount, unlinks: 2 * madeCount });
  assert.ok(count.lost.get('open'), 'a ring of one MiB held everything: nothing was tested');
  const counters = readCounters(stderr);
  assert.deepEqual(counters.outOfBalance, []);
  for (const kind of ['open', 'unlink']) {
    const { lost_ring_full: lost } = counters.kinds[kind] ?? {};
    assert.equal(lost, count.lost.get(kind), `${kind}: counters and losses told differ`);
  }
});
