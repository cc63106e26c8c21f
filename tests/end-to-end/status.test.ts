// SPDX-License-Identifier: Apache-2.0
// What a running agent tells of itself, by its command and to Prometheus: to the last event, while
// clients do everything wrong, and at no cost once nobody looks.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { LiveExplainDocument, RulesDocument, StatusDocument } from '@fimbul/schema';
import { compileProgram } from './support/c-program.ts';
import { runOrFail } from './support/child.ts';
import { fimbulPath, runFimbul } from './support/fimbul.ts';
import { assertRefused } from './support/refusal.ts';
import { RunningAgent } from './support/running-agent.ts';
import { runOnTerminal } from './support/terminal.ts';
import { Workspace } from './support/workspace.ts';

const made = 300;
const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const socket = workspace.path('run/fimbul.sock');
const config = workspace.writeFile(
  'fimbul.yaml',
  `control: { socket: ${socket} }\nmetrics: { listen: "127.0.0.1:0", watch: [programs] }\n`,
);
const policy = workspace.writePolicy([
  { id: 'made', expression: `open.file.path =~ "${directory}/*" && open.flags & O_CREAT > 0` },
  { id: 'removed', expression: `unlink.file.path =~ "${directory}/*"`, silent: true },
  { id: 'never', expression: `open.file.path == "${directory}/never"` },
]);
let agent: RunningAgent;
let storm = '';

before(async () => {
  storm = await compileProgram(workspace, 'storm');
  agent = await RunningAgent.start({ policy, args: ['--config', config] });
});

after(async () => {
  await agent?.[Symbol.asyncDispose]();
  workspace[Symbol.dispose]();
});

async function readStatus(): Promise<StatusDocument> {
  return JSON.parse(await runOrFail(fimbulPath, ['status', '--json', '--config', config]));
}

/** Asks without watching. */
function readRules(): Promise<RulesDocument> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, path: '/v1/rules' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(JSON.parse(text) as RulesDocument));
    });
    asked.on('error', reject).end();
  });
}

function makeFiles(name: string, count = made): Promise<string> {
  return runOrFail(storm, [`${directory}/${name}-`, String(count)]);
}

/** What is seen and has no end yet. */
function getUnaccounted({ kernel }: StatusDocument['funnel'][number]): number {
  const { seen, ...ends } = kernel;
  return seen - Object.values(ends).reduce((sum, count) => sum + count, 0);
}

/** A status in which nothing was under way just then; events of others may be at any time. */
async function readQuietStatus(): Promise<StatusDocument> {
  for (let tries = 0; tries < 50; tries += 1) {
    const status = await readStatus();
    const isQuiet = status.funnel.every((row) => {
      return getUnaccounted(row) === 0 && row.received === row.kernel.sent;
    });
    if (isQuiet) return status;
  }
  assert.fail('the funnel never balanced');
}

/** Asks as Prometheus would. */
async function scrape(path = '/metrics'): Promise<{ status: number; type: string; text: string }> {
  const base = /^fimbul: metrics at (http:\S+)\/metrics$/m.exec(agent.stderr)?.[1];
  const answer = await fetch(`${base}${path}`);
  const type = answer.headers.get('content-type') ?? '';
  return { status: answer.status, type, text: await answer.text() };
}

type Metrics = ReadonlyMap<string, { readonly type: string; readonly values: [string, number][] }>;

/** Parses the text format line by line; a line that is not of it fails. */
function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, { type: string; values: [string, number][] }>();
  assert.ok(text.endsWith('\n'));
  let current = '';
  for (const line of text.trimEnd().split('\n')) {
    const help = /^# HELP ([a-z_]+) \S.*$/.exec(line);
    const type = /^# TYPE ([a-z_]+) (counter|gauge)$/.exec(line);
    const sample = /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\S+)$/.exec(line);
    if (help?.[1]) {
      current = help[1];
      assert.ok(!metrics.has(current), `${current} twice`);
      metrics.set(current, { type: '', values: [] });
    } else if (type) {
      assert.equal(type[1], current);
      Object.assign(metrics.get(current) ?? {}, { type: type[2] });
    } else {
      assert.ok(sample, `not a line of metrics: ${line}`);
      assert.equal(sample[1], current);
      const value = Number(sample[3]);
      assert.ok(Number.isFinite(value), line);
      metrics.get(current)?.values.push([sample[2] ?? '', value]);
    }
  }
  return metrics;
}

test('the funnel balances, and what was made is what was matched', async () => {
  const before = await readQuietStatus();
  await makeFiles('a');
  await agent.waitFor('all alerts', () => agent.alerts.length >= made);
  const status = await readQuietStatus();
  const find = (of: StatusDocument, kind: string) =>
    of.funnel.find((row) => row.kind === kind)?.matched ?? 0;
  assert.equal(find(status, 'open') - find(before, 'open'), made);
  assert.equal(find(status, 'unlink') - find(before, 'unlink'), made);
  assert.equal(status.agent.pid, agent.pid);
  assert.deepEqual(status.policies, [{ path: policy, rules: 3, errors: 0, warnings: 0 }]);
  assert.deepEqual(status.losses, []);
  const { resident_bytes: resident, proportional_bytes: proportional } = status.resources;
  assert.ok(proportional !== null && proportional > 0 && proportional <= resident);
});

test('status is a table for people', async () => {
  const { stdout, stderr, status } = await runFimbul(['status', '--config', config]);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, new RegExp(`^fimbul \\S+, pid ${agent.pid}, up `));
  assert.match(stdout, /^ {2}open +\w+ +[\d,]+/m);
  assert.match(stdout, /^LOST: nothing$/m);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 120, `too long: ${line}`);
});

test('status --programs shows what the kernel counted', async () => {
  const args = ['status', '--programs', '--json', '--config', config];
  const [text] = await Promise.all([runOrFail(fimbulPath, args), makeFiles('b')]);
  const { program_rates: rates, statistics } = JSON.parse(text) as {
    program_rates: { runs_per_second: number; seconds_per_run: number }[];
    statistics: StatusDocument['statistics'];
  };
  assert.equal(statistics.on, true);
  const [first] = rates;
  assert.ok(first && first.runs_per_second > 0 && first.seconds_per_run > 0);
});

test('metrics parse, and their outcomes add up to what was seen', async () => {
  const { status, type, text } = await scrape();
  assert.deepEqual([status, type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
  const metrics = parseMetrics(text);
  for (const [name, { type: kind }] of metrics) {
    assert.equal(name.endsWith('_total'), kind === 'counter', name);
  }
  const of = (name: string, label: string): number =>
    (metrics.get(name)?.values ?? [])
      .filter(([labels]) => labels.includes(label))
      .reduce((sum, [, value]) => sum + value, 0);
  for (const operation of ['open', 'unlink', 'exec']) {
    const label = `operation="${operation}"`;
    const seen = of('fimbul_events_seen_total', label);
    const ends = of('fimbul_events_total', label);
    assert.equal(seen - ends, of('fimbul_events_unaccounted', label), operation);
  }
  assert.ok(of('fimbul_rule_matches_total', 'rule="made"') >= made);
  assert.equal((await scrape('/v1/status')).status, 404);
});

test('top writes lines of JSON, with programs and rules at work', async () => {
  const args = ['top', '--json', '-n', '2', '--config', config];
  let isOver = false;
  const top = runOrFail(fimbulPath, args).finally(() => {
    isOver = true;
  });
  for (let round = 0; !isOver; round += 1) await makeFiles(`c${round}`, 100);
  const text = await top;
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  type Line = {
    events: { operation: string; seen_per_second: number }[];
    programs: { runs_per_second: number }[];
    rules: { rule: string; evaluations_per_second: number; matches_per_second: number }[];
  };
  const last = JSON.parse(lines[1] ?? '') as Line;
  assert.ok((last.events.find(({ operation }) => operation === 'open')?.seen_per_second ?? 0) > 0);
  assert.ok((last.programs[0]?.runs_per_second ?? 0) > 0);
  const rule = last.rules.find(({ rule: id }) => id === 'made');
  assert.ok(rule && rule.evaluations_per_second > 0 && rule.matches_per_second > 0);
});

test('top writes blocks where there is no terminal, and draws a screen on one', async () => {
  const block = await runOrFail(fimbulPath, ['top', '-n', '1', '--config', config]);
  assert.match(block, /^EVENTS per second$/m);
  assert.match(block, /^PROGRAMS in the kernel: /m);
  assert.match(block, /^RULES: /m);
  assert.ok(!block.includes('\x1b'));
  const shown = await runOnTerminal(`${fimbulPath} top -n 1 --config ${config}`);
  assert.ok(shown.startsWith('\x1b[?1049h'));
  assert.ok(shown.trimEnd().endsWith('\x1b[?1049l'));
  assert.match(shown, /EVENTS per second/);
});

test('rules explain --live counts what is sent for which rule', async () => {
  const args = ['rules', 'explain', '--live', '--seconds', '3', '--config', config];
  let isOver = false;
  const explained = runOrFail(fimbulPath, [...args, '--json']).finally(() => {
    isOver = true;
  });
  for (let round = 0; !isOver; round += 1) await makeFiles(`e${round}`, 100);
  const { seconds, counted, rules } = JSON.parse(await explained) as LiveExplainDocument;
  assert.ok(seconds >= 3 && counted > 0);
  const find = (id: string) => rules.find((rule) => rule.id === id)?.stream;
  const [openings, removals] = [find('made'), find('removed')];
  assert.ok(openings && removals && find('never')?.sent === 0, JSON.stringify(rules));
  for (const { sent, sent_alone: alone, matches } of [openings, removals]) {
    // Counting is an estimate, and its ends are not those of matching.
    assert.ok(matches > 0 && sent > matches / 2 && sent < matches * 2, `${sent} for ${matches}`);
    assert.ok(alone > 0 && alone <= sent);
  }
  const text = await runOrFail(fimbulPath, [
    'rules',
    'explain',
    '--live',
    '--seconds=1',
    ...args.slice(-2),
  ]);
  assert.match(text, /^What the kernel sent in \d+ s$/m);
});

test('what costs is off again soon after the last look', async () => {
  const deadlineMs = performance.now() + 30_000;
  for (;;) {
    const { sampling } = await readRules();
    if (!sampling.on) break;
    assert.ok(performance.now() < deadlineMs, 'rules are sampled for nobody');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
});

test('clients that do everything wrong do not matter', async () => {
  const clients = Array.from({ length: 200 }, (_, index) => {
    const client = connect(socket).on('error', () => undefined);
    if (index % 3 === 0) client.write(Uint8Array.from({ length: 5000 }, (_value, at) => at % 256));
    if (index % 3 === 1) client.write('GET /v1/status HTTP/1.1\r\n');
    return client;
  });
  try {
    const { alerts } = agent;
    const count = alerts.length;
    await makeFiles('d');
    await agent.waitFor('alerts beside them', () => alerts.length >= count + made);
  } finally {
    for (const client of clients) client.destroy();
  }
  const status = await readQuietStatus();
  assert.deepEqual(status.losses, []);
});

test('a second agent goes on without the socket, and says so', async () => {
  await using second = await RunningAgent.start({ policy, args: ['--config', config] });
  const why = `no control socket at ${socket}: another agent has it`;
  assert.match(second.stderr, new RegExp(`^fimbul: degraded: ${why}\n {2}→ `, 'm'));
  assert.equal((await readStatus()).agent.pid, agent.pid);
  await second.stop();
  assert.equal((await readStatus()).agent.pid, agent.pid);
});

test('an agent that is killed leaves a socket that the next one takes over', async () => {
  await agent.stop('SIGKILL');
  assert.ok(existsSync(socket), 'nothing was left behind: nothing is tested');
  const dead = await runFimbul(['status', '--config', config]);
  assertRefused(dead, { status: 1, what: /^no agent is running: /, advice: /fimbul run/ });
  agent = await RunningAgent.start({ policy, args: ['--config', config] });
  assert.equal((await readStatus()).agent.pid, agent.pid);
  const { status } = await agent.stop();
  assert.equal(status, 0);
  assert.ok(!existsSync(socket));
  const none = await runFimbul(['top', '--config', config]);
  assertRefused(none, { status: 1, what: /^no agent is running: /, advice: /fimbul run/ });
});

test('a wrong number of looks is a wrong call', async () => {
  for (const count of ['0', '-1', 'x', '1.5']) {
    assert.equal((await runFimbul(['top', `--count=${count}`])).status, 2, count);
  }
});
