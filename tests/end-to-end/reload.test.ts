// SPDX-License-Identifier: Apache-2.0
// Policies that are replaced while files are made and removed as fast as it goes: every event is
// told exactly once, by the rules of one policy. And what is wrong with a policy changes nothing.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ReloadDocument, StatusDocument } from '@fimbul/schema';
import { type Alert, find } from './support/alert.ts';
import { compileProgram } from './support/c-program.ts';
import { type Ended, runOrFail } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { runFimbul } from './support/fimbul.ts';
import { RunningAgent } from './support/running-agent.ts';
import { type RuleDraft, Workspace } from './support/workspace.ts';

const rounds = 12;
/** What is done to files, by the rules that accept it. */
const kinds = { open: 'made', chmod: 'changed', rename: 'renamed', unlink: 'removed' };
const workspace = new Workspace();
const socket = workspace.path('run/fimbul.sock');
const config = workspace.writeFile('fimbul.yaml', `control: { socket: ${socket} }\n`);
const policy = workspace.path('test.policy');
let storm = '';
let paced = '';

before(async () => {
  storm = await compileProgram(workspace, 'storm');
  paced = await compileProgram(workspace, 'paced');
});

after(() => workspace[Symbol.dispose]());

/** Rules that accept everything done below a directory; others stand before them. */
function makeRules(directory: string, name: string, others: number): readonly RuleDraft[] {
  const first = Array.from({ length: others }, (_, index) => ({
    id: `other_${index}`,
    expression: `open.file.path == "${directory}/../other_${index}" && process.uid == 4711`,
  }));
  const all = Object.entries(kinds).map(([type, id]) => ({
    id: `${id}_${name}`,
    every: 0,
    expression:
      `${type}.file.path =~ "${directory}/**"` +
      (type === 'open' ? ' && open.flags & O_CREAT > 0' : ''),
  }));
  return [...first, ...all];
}

function writeRules(rules: readonly RuleDraft[]): void {
  writeFileSync(policy, JSON.stringify({ version: '1.0.0', type: 'policy', rules }));
}

function reload(...words: readonly string[]): Promise<Ended> {
  return runFimbul(['reload', '--socket', socket, ...words]);
}

/** Reloads as the command does, without the time that a process takes to start. */
function order(): Promise<ReloadDocument> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, method: 'POST', path: '/v1/reload' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(JSON.parse(text) as ReloadDocument));
    });
    asked.on('error', reject).end();
  });
}

async function reloadOrFail(): Promise<ReloadDocument & { outcome: 'reloaded' }> {
  const document = await order();
  assert.ok(document.outcome === 'reloaded', JSON.stringify(document));
  return document;
}

async function readStatus(): Promise<StatusDocument> {
  const { stdout } = await runFimbul(['status', '--json', '--socket', socket]);
  return JSON.parse(stdout) as StatusDocument;
}

/** Which rules told of each event, by what was done to which path. */
type Told = Map<string, string[]>;

function collect(told: Told, line: string): void {
  const alert = JSON.parse(line) as Alert;
  const type = String(find(alert, 'event.type'));
  const key = `${type} ${find(alert, `${type}.file.path`)}`;
  const rules = told.get(key) ?? [];
  told.set(key, [...rules, String(find(alert, 'rule.id'))]);
}

const start = (takeLine?: (line: string) => void) =>
  RunningAgent.start({
    policy,
    args: ['--config', config],
    ...(takeLine === undefined ? {} : { takeLine }),
  });

/** Has a program run again and again while policies replace one another; gives how often it ran. */
async function reloadDuring(
  pid: number,
  run: (number: number) => Promise<unknown>,
  makePolicy: (name: string, others: number) => readonly RuleDraft[],
): Promise<number> {
  let runs = 0;
  let isOver = false;
  const running = (async () => {
    for (; !isOver; runs += 1) await run(runs);
  })();
  for (let round = 1; round <= rounds; round += 1) {
    writeRules(makePolicy(round % 2 === 0 ? 'even' : 'odd', round % 5));
    if (round % 4 === 3) process.kill(pid, 'SIGHUP');
    // Two at once, too: the second one waits until the first one is complete.
    await Promise.all([reloadOrFail(), ...(round % 4 === 0 ? [reloadOrFail()] : [])]);
  }
  isOver = true;
  await running;
  const { reloads } = await readStatus();
  assert.ok(reloads.reloaded >= rounds, JSON.stringify(reloads));
  assert.equal(reloads.generation, reloads.reloaded + 1);
  assert.deepEqual([reloads.refused, reloads.unknown_generations], [0, 0]);
  return runs;
}

test('every event is told once, by one policy, while policies replace one another', async () => {
  const operations = 2000;
  const directory = workspace.makeDirectory('busy');
  const told: Told = new Map();
  writeRules(makeRules(directory, 'even', 0));
  await using agent = await start((line) => collect(told, line));
  const runs = await reloadDuring(
    agent.pid,
    (number) => runOrFail(paced, [`${directory}/${number}-`, String(operations), '1000']),
    (name, others) => makeRules(directory, name, others),
  );
  const { status, stderr } = await agent.stop();

  assert.equal(status, 0);
  const wrong: string[] = [];
  const rulesThatTold = new Set<string>();
  for (let file = 0; file < (runs * operations) / 4; file += 1) {
    const number = Math.floor(file / (operations / 4));
    const path = `${directory}/${number}-${file % (operations / 4)}`;
    for (const [type, rule] of Object.entries(kinds)) {
      const key = `${type} ${path}${type === 'unlink' ? '-renamed' : ''}`;
      const rules = told.get(key) ?? [];
      told.delete(key);
      for (const id of rules) rulesThatTold.add(id);
      if (rules.length !== 1 || !rules[0]?.startsWith(`${rule}_`)) wrong.push(`${key}: ${rules}`);
    }
  }
  assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} events are wrong`);
  assert.deepEqual([...told.keys()].slice(0, 10), []);
  assert.equal(rulesThatTold.size, 8, 'each policy told of each operation');
  assert.deepEqual(readCounters(stderr).outOfBalance, []);
});

test('no event is lost and none is judged twice as fast as files can be made', async () => {
  const files = 5000;
  const directory = workspace.makeDirectory('stormy');
  const makeSilent = (name: string, others: number): readonly RuleDraft[] =>
    makeRules(directory, name, others).map((rule) => ({ ...rule, silent: true }));
  writeRules(makeSilent('even', 0));
  await using agent = await start();
  const runs = await reloadDuring(
    agent.pid,
    (number) => runOrFail(storm, [`${directory}/${number}-`, String(files)]),
    makeSilent,
  );
  const { status, stderr } = await agent.stop();

  assert.equal(status, 0);
  assert.deepEqual(agent.alerts, [], 'something was lost');
  const { rules, outOfBalance } = readCounters(stderr);
  assert.deepEqual(outOfBalance, []);
  const judged = Object.values(rules).reduce((sum, { matched = 0 }) => sum + matched, 0);
  assert.equal(judged, 2 * files * runs);
  assert.ok((rules['before reloads']?.matched ?? 0) > files);
});

describe('a reload', () => {
  test('changes nothing where a policy is wrong, and says what is', async () => {
    const directory = workspace.makeDirectory('wrong');
    writeRules(makeRules(directory, 'good', 0));
    await using agent = await start();
    writeRules([{ id: 'broken', expression: 'open.file.pth == "/x"' }]);
    const refused = await reload();
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /open\.file\.pth/);
    assert.match(refused.stderr, /fimbul: reload policies: 1 error; nothing has changed\n {2}→ /);
    rmSync(policy);
    const missing = await reload();
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /reload policies: .*test\.policy.*; nothing has changed\n {2}→ /);
    assert.equal(await runOrFail(storm, [`${directory}/f`, '1']), '');
    await agent.waitForAlert('the old rule', (alert) => find(alert, 'rule.id') === 'made_good');
    assert.match(agent.stderr, /open\.file\.pth[\s\S]*nothing has changed/);
    const { reloads } = await readStatus();
    assert.deepEqual([reloads.reloaded, reloads.refused, reloads.generation], [0, 2, 1]);
  });

  test('to no rules watches nothing, says so, and back again watches', async () => {
    const directory = workspace.makeDirectory('nothing');
    const rules = makeRules(directory, 'some', 0);
    writeRules(rules);
    await using agent = await start();
    writeRules(rules.map((rule) => ({ ...rule, disabled: true })));
    assert.equal((await reloadOrFail()).rules, '0 rules, 4 disabled');
    assert.match(agent.stderr, /degraded: no rule is loaded: nothing is watched\n {2}→ /);
    await runOrFail(storm, [`${directory}/unseen`, '1']);
    writeRules(rules);
    await reloadOrFail();
    await runOrFail(storm, [`${directory}/seen`, '1']);
    await agent.waitForAlert('the end', (alert) => find(alert, 'rule.id') === 'removed_some');
    await agent.stop();
    const paths = agent.alerts.map((alert) =>
      find(alert, `${find(alert, 'event.type')}.file.path`),
    );
    assert.deepEqual(paths, [`${directory}/seen0`, `${directory}/seen0`]);
  });

  test('to rules on other operations and on failures sees those', async () => {
    const directory = workspace.makeDirectory('other');
    writeRules(makeRules(directory, 'first', 0));
    await using agent = await start();
    writeRules([
      { id: 'moved', expression: `rename.file.path =~ "${directory}/*"` },
      { id: 'missed', expression: `open.file.path == "${directory}/no" && open.retval == ENOENT` },
      { id: 'changed', expression: `chmod.file.path =~ "${directory}/*"` },
    ]);
    await reloadOrFail();
    await runOrFail('sh', [
      '-c',
      `: >${directory}/a; chmod 600 ${directory}/a; mv ${directory}/a ${directory}/b;
       cat ${directory}/no 2>&- || true`,
    ]);
    for (const id of ['changed', 'moved', 'missed']) {
      await agent.waitForAlert(id, (alert) => find(alert, 'rule.id') === id);
    }
    await agent.stop();
    assert.equal(agent.alerts.length, 3);
  });

  test('goes on with variables and with what every holds back', async () => {
    const directory = workspace.makeDirectory('kept');
    const counting: RuleDraft = {
      id: 'seen',
      expression: `open.file.path == "${directory}/mark" && open.flags & O_CREAT > 0`,
      silent: true,
      actions: [{ set: { name: 'marked', value: true } }],
    };
    const held: RuleDraft = {
      id: 'held',
      every: '1h',
      expression: `unlink.file.path =~ "${directory}/*"`,
    };
    const dropped: RuleDraft = {
      id: 'dropped',
      every: '1h',
      expression: `open.file.path =~ "${directory}/*" && open.flags & O_CREAT > 0`,
    };
    const reading: RuleDraft = {
      id: 'reads',
      expression: `open.file.path == "${directory}/ask" && open.flags & O_CREAT > 0 && \${marked}`,
    };
    writeRules([counting, held, dropped, reading]);
    await using agent = await start();
    await runOrFail(storm, [`${directory}/mark`, '1', 'same']);
    await runOrFail(storm, [`${directory}/f`, '3']);
    writeRules([{ ...reading, description: 'the same, elsewhere' }, counting, held]);
    await reloadOrFail();
    // What a rule that is no more holds back is told when the last of its events was judged.
    const last = await agent.waitForAlert('what was held back', (alert) => {
      return find(alert, 'rule.id') === 'dropped' && find(alert, 'rule.suppressed') !== undefined;
    });
    assert.equal(find(last, 'rule.suppressed'), 2);
    await runOrFail(storm, [`${directory}/ask`, '1', 'same']);
    await agent.waitForAlert('the variable', (alert) => find(alert, 'rule.id') === 'reads');
    const before = agent.alerts.filter((alert) => find(alert, 'rule.id') === 'held').length;
    await agent.stop();
    const told = agent.alerts.filter((alert) => find(alert, 'rule.id') === 'held');
    assert.equal(before, 1, 'its period went on');
    // mark and f0 to f2 before, ask after: one at once, four at the end of which one is shown.
    assert.deepEqual(
      told.map((alert) => find(alert, 'rule.suppressed')),
      [undefined, 3],
    );
  });

  test('that others ask for too is done once more for them all, and none at the end', async () => {
    const directory = workspace.makeDirectory('edges');
    writeRules(makeRules(directory, 'edge', 0));
    await using agent = await start();
    await Promise.all([order(), order(), order()]);
    // Those that asked while the first one was under way share the one after it.
    assert.equal((agent.stderr.match(/^fimbul: reloaded/gm) ?? []).length, 2);
    process.kill(agent.pid, 'SIGHUP');
    await setTimeout(1);
    process.kill(agent.pid, 'SIGTERM');
    const { status, signal } = await agent.waitForEnd();
    assert.deepEqual([status, signal], [0, null]);
  });

  test('says where there is no agent', async () => {
    const { status, stderr } = await runFimbul(['reload', '--socket', workspace.path('none')]);
    assert.equal(status, 1);
    assert.match(stderr, /^fimbul: no agent is running: /);
  });
});
