// SPDX-License-Identifier: Apache-2.0
// A whole run over a probe that is played here: what is done in which order, from start to end.

import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import type { Counters, Native, Probe, ProbePlan, RecordBatch } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { encodeRecord } from '@fimbul/schema';
import { Agent, type AgentParts } from './agent.ts';
import { makeHeader, makeKernelFile } from './engine/event-samples.ts';
import { makeCounters } from './health/counter-samples.ts';
import type { JsonObject } from './output/field-writer.ts';
import { type Sink, SinkClosed } from './output/sink.ts';

const text = `rules:
  - { id: first, expression: 'open.file.name == "a"' }
  - { id: second, expression: 'open.file.path == "/a"' }`;

const holding = `rules: [{ id: held, expression: 'open.file.name == "a"', every: 1h }]`;

const plan: ProbePlan = {
  backends: [],
  operations: [{ operation: 'open', backend: 'tracepoint', reason: '', limits: [] }],
  programs: [],
  typedReads: true,
  leftToOthers: [],
  openRootHasMount: false,
};

const agents: Agent[] = [];

/** Writes down what happens, in one list. */
function makeRun(counters: Counters = makeCounters(), changes: Partial<AgentParts> = {}) {
  const log: string[] = [];
  const status: string[] = [];
  const documents: JsonObject[] = [];
  const ring: Uint8Array[] = [];
  const looks = { empty: 0 };
  const probe: Pick<
    Probe,
    | 'plan'
    | 'read'
    | 'onReadable'
    | 'sleep'
    | 'readCounters'
    | 'detach'
    | 'close'
    | 'degradations'
    | 'programFilter'
  > = {
    degradations: [],
    programFilter: null,
    read: (batch: RecordBatch) => {
      const record = ring.shift();
      batch.count = record ? 1 : 0;
      if (!record) return;
      batch.bytes.set(record);
      batch.index.set([0, record.length]);
      log.push('read');
    },
    onReadable: () => undefined,
    sleep: () => {
      looks.empty += 1;
    },
    plan,
    readCounters: () => counters,
    detach: () => log.push('detach'),
    close: () => log.push('close'),
  };
  const sink: Sink = {
    write: (document) => {
      log.push('write');
      documents.push(document);
    },
    flush: () => log.push('flush'),
  };
  const clocks = { realtimeNs: 1_000_000_005n, boottimeNs: 5n, monotonicNs: 0n };
  const native: Pick<Native, 'clocks'> = { clocks: () => clocks };
  const agent = new Agent({
    // The agent uses no more of either than this.
    native: native as Native,
    probe: probe as Probe,
    plan,
    release: '6.12.0-test',
    policies: compilePolicies([{ path: 'p', text }]),
    actions: {
      kill: false,
      killRefusal: null,
      killDisarmer: { containers: 5, executables: 5, periodMs: 60_000 },
    },
    control: { socketPath: null, metrics: null },
    policyFiles: [],
    compile: () => Promise.reject(new Error('nobody reloads')),
    sink,
    output: { isReady: true, beginEnd: () => undefined, end: () => 0 },
    durationMs: null,
    runId: 'run',
    writeStatus: (line) => status.push(line) > 0,
    ...changes,
  });
  agents.push(agent);
  return { agent, log, status, documents, ring, looks };
}

function open(path: string): Uint8Array {
  return encodeRecord('open', { header: makeHeader(1), file: makeKernelFile(path) });
}

/** Lets the agent look until it finds nothing more: then it asks to be woken. */
async function lookUntilEmpty(looks: { readonly empty: number }): Promise<void> {
  while (looks.empty === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

afterEach(() => {
  // A test that failed half-way leaves timers, which would keep this process.
  for (const agent of agents.splice(0)) agent.stop();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  process.exitCode = undefined;
});

describe('a run', () => {
  it('says that it is ready, and with what', () => {
    const { agent, status } = makeRun();
    agent.start();
    agent.stop();
    const ready = status.find((line) => line.startsWith('fimbul: ready'));
    const what = '2 rules; backend tracepoint on Linux 6.12.0-test';
    assert.equal(ready, `fimbul: ready: ${what}; pid ${process.pid}\n`);
  });

  it('writes the alerts of a batch and then flushes once', async () => {
    const { agent, log, documents, ring, looks } = makeRun();
    agent.start();
    ring.push(open('a'), open('b'));
    await lookUntilEmpty(looks);
    assert.deepEqual(log, ['read', 'write', 'write', 'flush', 'read', 'flush']);
    assert.deepEqual(
      documents.map(({ rule }) => (rule as { id: string }).id),
      ['first', 'second'],
    );
    agent.stop();
  });

  it('gives events the time of the clock', async () => {
    const { agent, documents, ring, looks } = makeRun();
    agent.start();
    ring.push(open('a'));
    await lookUntilEmpty(looks);
    agent.stop();
    // Five seconds after the start of the host, which was a second after 1970.
    const event = documents[0]?.event as { timestamp: string; hostname: string };
    assert.equal(event.timestamp, '1970-01-01T00:00:06.000000000Z');
    assert.equal(event.hostname, hostname());
  });

  it('ends by detaching first, then judging what is left, and closes last', () => {
    const { agent, log, status, ring } = makeRun();
    agent.start();
    ring.push(open('a'), open('a'));
    log.length = 0;
    agent.stop();
    assert.deepEqual(log, [
      'detach',
      ...['read', 'write', 'write', 'flush', 'read', 'write', 'write', 'flush'],
      ...['flush', 'flush', 'close'],
    ]);
    assert.match(status.at(-1) ?? '', /^fimbul: counters\n {2}rule first: matched=2\n/);
  });

  it('ends once', () => {
    const { agent, log, status } = makeRun();
    agent.start();
    agent.stop();
    const seen = [log.length, status.length];
    agent.stop();
    assert.deepEqual([log.length, status.length], seen);
  });

  it('ends by itself after its time', async () => {
    const { agent, log } = makeRun(makeCounters(), { durationMs: 5 });
    agent.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(log.at(-1), 'close');
  });
});

describe('losses', () => {
  it('are told as events, before the end at the latest', () => {
    const { agent, documents } = makeRun(makeCounters({ open: { seen: 4, lost_ring_full: 4 } }));
    agent.start();
    agent.stop();
    assert.deepEqual(documents, [
      {
        event: {
          id: 'run-loss-1',
          type: 'loss',
          timestamp: '1970-01-01T00:00:01.000000005Z',
          hostname: hostname(),
        },
        loss: {
          operation: 'open',
          reason: 'ring_full',
          count: 4,
          since: '1970-01-01T00:00:01.000000005Z',
        },
      },
    ]);
  });
});

describe('records that the end of the run leaves unread', () => {
  it('are told as lost', () => {
    const { agent, documents } = makeRun(makeCounters({ exec: { seen: 2, sent: 2 } }));
    agent.start();
    agent.stop();
    assert.deepEqual(
      documents.map(({ loss }) => loss),
      [
        {
          operation: 'exec',
          reason: 'shutdown',
          count: 2,
          since: '1970-01-01T00:00:01.000000005Z',
        },
      ],
    );
  });
});

describe('a bug in the midst of the end', () => {
  it('keeps nothing from being told, counted and detached that it does not touch', () => {
    const { agent, log, documents, status, ring } = makeRun(makeCounters(), {
      policies: compilePolicies([{ path: 'p', text: holding }]),
    });
    agent.start();
    ring.push(open('a'), open('a'), open('b'), open('a'));
    const faulty = ring[2];
    ring.shift = () => {
      const [record] = ring.splice(0, 1);
      if (record === faulty) throw new Error('bug');
      return record;
    };
    assert.throws(() => agent.stop(), /bug/);
    assert.deepEqual(
      documents.map(({ event }) => (event as { id: string }).id),
      ['run-1', 'run-2'],
    );
    assert.equal(log.at(0), 'detach');
    assert.equal(log.at(-1), 'close');
    assert.match(status.at(-1) ?? '', /^fimbul: counters\n {2}rule held: matched=2/);
    agent.stop();
  });
});

describe('alerts that nobody took', () => {
  it('are said at the end, and its status is 1', () => {
    const output = { isReady: true, beginEnd: () => undefined, end: () => 3 };
    const { agent, status } = makeRun(makeCounters(), { output });
    agent.start();
    agent.stop();
    const told = status.find((line) => line.startsWith('fimbul: write alerts'));
    assert.match(told ?? '', /: 3 alerts or losses were not written: .*\n {2}→ keep the program/);
    assert.equal(process.exitCode, 1);
  });
});

describe('a sink that is gone', () => {
  const closed: Sink = {
    write: () => {
      throw new SinkClosed('write alerts: gone', 'keep the reader');
    },
    flush: () => undefined,
  };

  it('ends the run with one message and status 1, and everything is still judged', async () => {
    const { agent, log, status, ring } = makeRun(makeCounters(), { sink: closed });
    agent.start();
    ring.push(open('a'), open('a'), open('a'));
    while (log.at(-1) !== 'close') await new Promise((resolve) => setTimeout(resolve, 5));
    const message = 'fimbul: write alerts: gone; stopping\n  → keep the reader\n';
    assert.equal(status.filter((line) => line === message).length, 1);
    assert.equal(process.exitCode, 1);
    assert.deepEqual(log, ['read', 'detach', 'read', 'read', 'close']);
    assert.match(status.at(-1) ?? '', /rule first: matched=3/);
    agent.stop();
  });

  it('is not what other errors are taken for', () => {
    const sink: Sink = {
      write: () => {
        throw new Error('bug');
      },
      flush: () => undefined,
    };
    const { agent, ring } = makeRun(makeCounters(), { sink });
    ring.push(open('a'));
    // The end judges what is left.
    assert.throws(() => agent.stop(), /bug/);
  });
});
