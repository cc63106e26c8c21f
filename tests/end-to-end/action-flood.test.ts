// SPDX-License-Identifier: Apache-2.0
// Rules that set, append and log for all they are worth, under a storm: the agent's memory and its
// lines stay bounded, everything is counted, and nothing is lost without a number.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { compileProgram } from './support/c-program.ts';
import { runOrFail } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { RunningAgent } from './support/running-agent.ts';
import { countStorm } from './support/storm.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const stormFiles = 4_000;
/** What an idle agent needs, and the bounds of variables and of what is held back. */
const residentKibibytesMax = 700 * 1024;
let program = '';

before(async () => {
  program = await compileProgram(workspace, 'storm');
});

after(() => workspace[Symbol.dispose]());

/** Each of these grows with every event, or says something at every event. */
function makeRules(condition: string) {
  const name = 'x'.repeat(200);
  const set = (scope: object, more: object) => ({ set: { append: true, ...scope, ...more } });
  const scopes = [{ name }, { name, scope: 'process' }, { name, scope: 'cgroup' }];
  return [
    {
      id: 'grows',
      expression: condition,
      silent: true,
      actions: scopes.flatMap((scope) => [
        set({ ...scope, name: `${name}_paths` }, { field: 'open.file.path' }),
        set({ ...scope, name: `${name}_ids` }, { field: 'open.file.inode', ttl: '1h' }),
      ]),
    },
    {
      id: 'doubles',
      expression: condition,
      silent: true,
      actions: [
        { set: { name: 'text', expression: '"${text}${text}x"', default_value: '' } },
        { set: { name: 'sum', expression: '${sum} + ${sum} + 1', default_value: 0 } },
      ],
    },
    {
      id: 'talks',
      expression: condition,
      silent: true,
      actions: [{ log: { level: 'error', message: '%{open.file.path} ${text}' } }],
    },
    {
      id: 'holds',
      expression: condition,
      every: '1h',
      limiter_token: ['open.file.path'],
    },
    { id: 'holds_all', expression: condition, every: '1h' },
  ];
}

function readResidentKibibytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

test('a flood of actions is bounded and counted', async () => {
  const condition = `open.file.path =~ "${directory}/**" && open.flags & O_CREAT > 0`;
  const { count, takeLine } = countStorm();
  const policy = workspace.writePolicy(makeRules(condition));
  await using agent = await RunningAgent.start({ policy, takeLine });
  await runOrFail(program, [`${directory}/f`, String(stormFiles)]);
  const { rules, seen } = await waitForAll(agent);
  const { alerts, lost } = count;
  assert.equal(seen + (lost.get('open') ?? 0), stormFiles);
  for (const rule of ['grows', 'doubles', 'talks']) {
    assert.deepEqual(rules[rule], { matched: seen, silent: seen }, rule);
    assert.equal(alerts.get(rule), undefined);
  }
  // Each path has a period of its own, and there was no second event under it.
  assert.deepEqual(rules.holds, { matched: seen });
  assert.equal(alerts.get('holds'), seen);
  assert.deepEqual(rules.holds_all, { matched: seen, suppressed: seen - 1, summaries: 1 });
  assert.equal(alerts.get('holds_all'), 2);
});

/** Stops the agent, and returns what its rules saw; looks at its memory and its lines. */
async function waitForAll(agent: RunningAgent) {
  const kibibytes = readResidentKibibytes(agent.pid);
  assert.ok(kibibytes < residentKibibytesMax, `${kibibytes} KiB`);
  const { status, stderr } = await agent.stop();
  assert.equal(status, 0);
  const { rules, outOfBalance } = readCounters(stderr);
  assert.deepEqual(outOfBalance, []);
  const seen = rules.talks?.matched ?? 0;
  const [, written = '0', leftOut = '0'] =
    /^ {2}actions: log_written=(\d+)(?: log_left_out=(\d+))?$/m.exec(stderr) ?? [];
  assert.equal(Number(written) + Number(leftOut), seen);
  const lines = stderr.split('\n').filter((line) => line.startsWith('fimbul: log error'));
  assert.equal(lines.length, Number(written));
  assert.ok(lines.every((line) => line.length < 5000));
  const told = [...stderr.matchAll(/^fimbul: log: (\d+) more lines/gm)].map((m) => Number(m[1]));
  assert.equal(
    told.reduce((sum, count) => sum + count, 0),
    Number(leftOut),
  );
  return { rules, seen };
}
