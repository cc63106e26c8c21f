// SPDX-License-Identifier: Apache-2.0
// What the agent answers, from counters that are played here, and what watching puts on and off.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ControlConfig } from '@fimbul/config';
import { loadNative, type ProbePlan, RecordBatch } from '@fimbul/probe';
import { compilePolicies, type RuleMeter } from '@fimbul/rules';
import {
  encodeRecord,
  pathSources,
  type RecordKind,
  type ReloadDocument,
  type RulesDocument,
  recordKinds,
  type StatusDocument,
  type StreamDocument,
} from '@fimbul/schema';
import { makeCounters } from '../health/counter-samples.ts';
import { AgentControl, type AgentControlParts } from './agent-control.ts';

const plan: ProbePlan = {
  backends: [],
  operations: [{ operation: 'open', backend: 'tracepoint', reason: 'why', limits: [] }],
  programs: [
    { name: 'p', target: 'f', operation: 'open', required: true, losesEvents: true },
    { name: 'p', target: 'g', operation: 'open', required: true, losesEvents: true },
  ],
  typedReads: true,
  leftToOthers: [],
  openRootHasMount: false,
};
const policies = compilePolicies([
  {
    path: '/a\n"b".policy',
    text: `rules:
  - { id: written, expression: 'fim.write.file.path == "/a"' }
  - { id: opened, expression: 'open.file.path == "/b"' }`,
  },
]);

const reloadAnswer: ReloadDocument = {
  ...{ format: 1, outcome: 'reloaded', report: '', generation: 4, policies: [], rules: '2 rules' },
  ...{ degradations: [], compile_seconds: 1, pause_seconds: 0.1 },
};

let directory = '';
let path = '';
let control: AgentControl | null = null;
let watcher: Parameters<AgentControlParts['judging']['setWatcher']>[0] = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-control-'));
  path = join(directory, 's');
});

afterEach(() => {
  control?.close();
  rmSync(directory, { recursive: true });
});

function make(config: Partial<ControlConfig> = {}, changes: Partial<AgentControlParts> = {}) {
  const log: string[] = [];
  const status: string[] = [];
  const native = loadNative();
  const received = Object.fromEntries(recordKinds.map((kind) => [kind, 0]));
  const counters = { matches: 2, alerts: 1, heldBack: 1, silent: 0 };
  control = new AgentControl({
    native: {
      clocks: () => native.clocks(),
      lockFile: (at) => native.lockFile(at),
      enableRunStats: () => {
        log.push('statistics on');
        return { ok: true, value: { close: () => void log.push('statistics off') } };
      },
    },
    probe: {
      plan,
      filterGeneration: 3,
      programs: ['p'],
      readCounters: () =>
        makeCounters(
          { open: { seen: 9, approver_dropped: 4, sent: 3, lost_ring_full: 2 } },
          { skippedRuns: { p: 5 } },
        ),
      readProgramStats: () => ({
        ...{ runCount: 7n, runTimeNs: 1_500_000_000n, recursionMisses: 0n },
        ...{ verifiedInstructions: 0, translatedBytes: 0, compiledBytes: 0 },
      }),
    },
    plan,
    policies,
    policyFiles: [],
    reloader: {
      counts: { reloaded: 2, refused: 1 },
      request: () => {
        log.push('reload');
        return Promise.resolve(reloadAnswer);
      },
    },
    judging: {
      unknownGenerations: 0,
      counters: {
        received: { ...received, open: 3 } as Record<RecordKind, number>,
        undecodable: 0,
      },
      matchedEvents: { open: 2 },
      readMatchCounters: () => ({
        ...{ evictedValues: 0, crowdedOutValues: 0, cutValues: 0, setsWithoutOwner: 0 },
        ...{ closedEarly: 0, summaries: [], forgottenSummaries: 0, forgotten: counters },
        rules: policies.rules.map(() => counters),
      }),
      setMeter: (meter: RuleMeter | null) => void log.push(meter ? 'meter on' : 'meter off'),
      setWatcher: (given) => {
        log.push(given ? 'stream on' : 'stream off');
        watcher = given;
      },
    },
    facts: {
      agent: { version: '1', pid: 1, started: '' },
      host: { hostname: 'h', kernel: 'k' },
      degradations: [],
    },
    config: { socketPath: path, metrics: null, ...config },
    writeStatus: (text) => void status.push(text),
    ...changes,
  });
  control.open();
  return { control, log, status };
}

function ask(target: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: path, path: target }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('error', reject).end();
  });
}

async function read<Document>(target: string): Promise<Document> {
  const { status, body } = await ask(target);
  assert.equal(status, 200, body);
  return JSON.parse(body) as Document;
}

describe('the status', () => {
  it('has the counters of everybody who counts', async () => {
    const made = make();
    made.control.tellLoss({
      ...{ operation: 'open', reason: 'ring_full', count: 2, sinceNs: 0n, untilNs: 0n },
    });
    const status = await read<StatusDocument>('/v1/status');
    const [open] = status.funnel;
    assert.equal(open?.backend, 'tracepoint');
    assert.deepEqual([open?.kernel.seen, open?.received, open?.matched], [9, 3, 2]);
    assert.equal(status.funnel.find(({ kind }) => kind === 'fork')?.matched, null);
    assert.deepEqual(status.programs, [
      { name: 'p', operation: 'open', target: 'f g', runs: 7, run_seconds: 1.5, skipped_runs: 5 },
    ]);
    assert.equal(status.losses[0]?.count, 2);
    assert.equal(status.rules.loaded, 2);
    assert.ok(status.agent.uptime_seconds >= 0 && status.agent.uptime_seconds < 60);
  });

  it('tells why the kernel does not count runs', async () => {
    const native = loadNative();
    const refusal = { what: 'no' };
    make(
      {},
      {
        native: {
          clocks: () => native.clocks(),
          lockFile: (at) => native.lockFile(at),
          enableRunStats: () => ({ ok: false, error: refusal }),
        } as AgentControlParts['native'],
      },
    );
    const { statistics } = await read<StatusDocument>('/v1/status?watch=programs');
    assert.deepEqual([statistics.on, statistics.refusal], [false, 'no']);
  });
});

describe('the rules', () => {
  it('are as their authors wrote them, with the sums of siblings', async () => {
    make();
    const { rules, sampling } = await read<RulesDocument>('/v1/rules');
    assert.equal(sampling.on, false);
    const [written, opened] = rules;
    assert.equal(written?.id, 'written');
    const siblings = policies.rules.filter(({ id }) => id === 'written');
    assert.equal(written?.matches, 2 * siblings.length);
    assert.ok((written?.event_types.length ?? 0) > 1);
    assert.deepEqual([opened?.event_types, opened?.held_back], [['open'], 1]);
  });
});

describe('the stream', () => {
  const lanes = policies.rules.find(({ id }) => id === 'opened')?.lanes ?? 0n;
  const file = { path_source: pathSources.indexOf('kernel'), path: 'b' };
  const open = encodeRecord('open', { header: { generation: 3, lanes }, file, retval: 3n });

  it('is counted while somebody watches, for the rule that lets it pass', async () => {
    const made = make();
    const before = await read<StreamDocument>('/v1/stream');
    assert.deepEqual([before.counted, made.log], [0, []]);
    await read('/v1/stream?watch=stream');
    watcher?.take(RecordBatch.of(open, open));
    const after = await read<StreamDocument>('/v1/stream');
    assert.deepEqual([after.generation, after.looked_at, after.counted], [3, 2, 2]);
    assert.deepEqual(after.stream[0], { operation: 'open', seen: 9, sent: 3 });
    const [written, opened] = after.rules;
    const siblings = policies.rules.filter(({ id }) => id === 'written');
    assert.deepEqual([written?.sent, written?.matches], [0, 2 * siblings.length]);
    assert.deepEqual([opened?.id, opened?.sent, opened?.sent_alone], ['opened', 2, 2]);
    made.control.close();
    assert.deepEqual(made.log, ['stream on', 'stream off']);
  });

  it('begins again with other rules, for those who watch', async () => {
    const made = make();
    await read('/v1/stream?watch=stream');
    const first = watcher;
    first?.take(RecordBatch.of(open));
    made.control.takeRules(policies, []);
    assert.notEqual(watcher, first);
    assert.equal((await read<StreamDocument>('/v1/stream')).counted, 0);
  });
});

describe('watching', () => {
  it('puts on what is watched, and the end of the agent puts it off', async () => {
    const made = make();
    await read('/v1/status');
    await read('/v1/rules');
    assert.deepEqual(made.log, []);
    await read('/v1/status?watch=programs');
    await read('/v1/status?watch=programs');
    assert.deepEqual(made.log, ['statistics on']);
    const { sampling } = await read<RulesDocument>('/v1/rules?watch=rules');
    assert.equal(sampling.on, true);
    made.control.close();
    made.control.close();
    assert.deepEqual(made.log, ['statistics on', 'meter on', 'statistics off', 'meter off']);
  });

  it('is refused for what is not known', async () => {
    const made = make();
    assert.deepEqual(await ask('/v1/status?watch=all'), {
      ...{ status: 400, body: 'watch is one of programs, rules, stream\n' },
    });
    assert.deepEqual(made.log, []);
  });
});

describe('metrics', () => {
  it('tell the same, and what a policy is called stays a label', async () => {
    make();
    const { body } = await ask('/metrics');
    assert.match(body, /^fimbul_events_seen_total\{operation="open"\} 9$/m);
    assert.match(body, /^fimbul_events_total\{operation="open",outcome="lost_ring_full"\} 2$/m);
    assert.match(body, /^fimbul_events_unaccounted\{operation="open"\} 0$/m);
    const labels = 'rule="opened",policy="/a\\\\n\\\\"b\\\\".policy",outcome="alert"';
    assert.match(body, new RegExp(`^fimbul_rule_matches_total\\{${labels}\\} 1$`, 'm'));
    assert.match(body, /^fimbul_program_run_seconds_total\{program="p",.*target="f g"\} 1\.5$/m);
  });

  it('at a port watch what the configuration says, whatever a request wants', async () => {
    const metrics = { host: '127.0.0.1', port: 0, isRemoteAllowed: false, watch: [] };
    const made = make({ metrics });
    while (made.status.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [, url = ''] = /^fimbul: metrics at (\S+)\n$/.exec(made.status[0] ?? '') ?? [];
    const answer = await fetch(`${url}?watch=programs&watch=rules`);
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(await answer.text(), /^fimbul_agent_info\{version="1",kernel="k"\} 1$/m);
    assert.deepEqual(made.log, []);
    assert.equal((await fetch(url.replace('/metrics', '/v1/status'))).status, 404);
  });

  it('at a port that is taken are told as degraded, and the agent goes on', async () => {
    const metrics = { host: '127.0.0.1', port: 0, isRemoteAllowed: false, watch: [] };
    const first = make({ metrics });
    while (first.status.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const port = Number(/:(\d+)\/metrics/.exec(first.status[0] ?? '')?.[1]);
    const second = make({ metrics: { ...metrics, port }, socketPath: null });
    while (second.status.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.match(second.status[0] ?? '', /^fimbul: degraded: no metrics at 127\.0\.0\.1:\d+: /);
    first.control.close();
  });
});
