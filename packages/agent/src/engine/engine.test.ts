// SPDX-License-Identifier: Apache-2.0
// Batches of records in, matches out.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordBatch } from '@fimbul/probe';
import { type CompiledPolicies, compilePolicies } from '@fimbul/rules';
import {
  encodeRecord,
  openRecordOffsets,
  type RecordKind,
  type StructValues,
  textRefOffsets,
} from '@fimbul/schema';
import { ContainerOwners } from '../context/container-owners.ts';
import { makeCache, startOf } from '../context/record-samples.ts';
import { Engine } from './engine.ts';
import { makeHeader, makeKernelFile, makeSurroundings } from './event-samples.ts';
import { heldBackLimits } from './held-back.ts';

type Seen = {
  readonly rule: string;
  readonly eventId: string;
  readonly suppressed: number;
  readonly pid: number;
  readonly program: string;
};

type Telling = {
  readonly outcome: string;
  readonly count: number;
  readonly paths: readonly string[];
  readonly path: string;
};

function compile(rules: readonly string[]): CompiledPolicies {
  const text = `rules:\n${rules.map((rule) => `  - { ${rule} }\n`).join('')}`;
  const policies = compilePolicies([{ path: 'test.policy', text }]);
  assert.deepEqual(
    policies.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(policies.ruleCount, rules.length);
  return policies;
}

function makeEngine(...rules: readonly string[]) {
  const policies = compile(rules);
  const { cache } = makeCache();
  const seen: Seen[] = [];
  const tellings: Telling[] = [];
  /** Of all matches: variables, and what was to be done at once. */
  const shown: string[] = [];
  const engine = new Engine(
    {
      policies,
      processes: cache,
      surroundings: makeSurroundings(),
      runId: 'run',
      containers: new ContainerOwners(),
      makeUuid: () => '',
      onMatch: ({ rule, event, eventId, suppressed, outcome, variables, actions }) => {
        const { entry, facts } = event.subject;
        const program = entry.image.executable?.path ?? '';
        const isTold = outcome === 'alert' || outcome === 'closing';
        const { count, paths } = suppressed;
        const told = { rule: rule.id, eventId, suppressed: count, pid: facts.pid, program };
        if (isTold) seen.push(told);
        if (isTold) tellings.push({ outcome, count, paths, path: event.file.path });
        const values = variables.map(({ variable, value }) => `${variable.name} ${value}`);
        const logs = actions.map((due) => (due.kind === 'log' ? due.message : due.kind));
        shown.push([outcome, ...values, ...logs].join(', '));
        return [];
      },
    },
    new RecordBatch(0, 0),
  );
  const count = (of: 'matches' | 'heldBack' | 'silent'): number[] =>
    engine.readMatchCounters().rules.map((counters) => counters[of]);
  return {
    engine,
    policies,
    cache,
    seen,
    tellings,
    shown,
    count,
    names: () => seen.map(({ rule }) => rule),
  };
}

function record(kind: RecordKind, pid: number, values: StructValues = {}): Uint8Array {
  return encodeRecord(kind, { header: makeHeader(pid), ...values });
}

function open(pid: number, path: string): Uint8Array {
  return record('open', pid, { file: makeKernelFile(path) });
}

const anyOpen = `id: any, expression: 'open.file.name == "a"'`;

describe('order', () => {
  it('lets a record of a process explain the file records after it, in one batch', () => {
    const { engine, seen } = makeEngine(
      `id: vi, expression: 'open.file.name == "a" && process.file.name == "vi"'`,
    );
    const exec = record('exec', 7, { file: makeKernelFile('vi/bin') });
    engine.judge(RecordBatch.of(open(7, 'a'), exec, open(7, 'a')));
    assert.deepEqual(seen, [
      { rule: 'vi', eventId: 'run-1', suppressed: 0, pid: 7, program: '/bin/vi' },
    ]);
  });

  it('lets a fork explain what the child does', () => {
    const { engine, seen } = makeEngine(
      `id: child, expression: 'open.file.name == "a" && process.parent.file.name == "sh"'`,
    );
    const exec = record('exec', 7, { file: makeKernelFile('sh/bin') });
    const fork = record('fork', 8, { creator_pid: 7, creator_start_time_ns: startOf(7) });
    engine.judge(RecordBatch.of(exec, fork, open(8, 'a')));
    assert.deepEqual(
      seen.map(({ pid, program }) => [pid, program]),
      [[8, '/bin/sh']],
    );
  });

  it('lets a control group explain the process in it', () => {
    const { engine, names } = makeEngine(
      `id: group, expression: 'open.file.name == "a" && process.cgroup.id == "/x.slice"'`,
    );
    const header = makeHeader(7, { cgroup_id: 44n });
    const cgroup = encodeRecord('cgroup', { header, path: 'x.slice' });
    const opened = encodeRecord('open', { header, file: makeKernelFile('a') });
    engine.judge(RecordBatch.of(cgroup, opened));
    assert.deepEqual(names(), ['group']);
  });

  it('judges an exec with the program that it started', () => {
    const { engine, seen } = makeEngine(`id: ran, expression: 'exec.file.path == "/bin/vi"'`);
    engine.judge(RecordBatch.of(record('exec', 7, { file: makeKernelFile('vi/bin') })));
    assert.deepEqual(
      seen.map(({ program }) => program),
      ['/bin/vi'],
    );
  });

  it('judges an exit before the process is gone', () => {
    const { engine, cache, seen } = makeEngine(
      `id: ended, expression: 'exit.code == 3 && exit.file.path == "/bin/vi"'`,
    );
    const exec = record('exec', 7, { file: makeKernelFile('vi/bin') });
    engine.judge(RecordBatch.of(exec, record('exit', 7, { status: 0x300 })));
    assert.equal(seen.length, 1);
    assert.equal(cache.readCounters().live, 0);
    assert.equal(cache.readCounters().ended, 1);
  });

  it('feeds the process cache even when no rule asks for processes', () => {
    const { engine, cache } = makeEngine(anyOpen);
    engine.judge(RecordBatch.of(record('exec', 7), record('exec', 8), record('exit', 8)));
    const { live, ended } = cache.readCounters();
    assert.deepEqual({ live, ended }, { live: 1, ended: 1 });
  });
});

describe('rules', () => {
  it('are named by their place in the load order, across operations', () => {
    const { engine, names, count } = makeEngine(
      `id: first, expression: 'unlink.file.name == "a"'`,
      `id: second, expression: 'open.file.name == "a"'`,
      `id: third, expression: 'rename.file.destination.name == "a"'`,
      `id: fourth, expression: 'open.file.path == "/a"'`,
      `id: fifth, expression: 'chmod.file.name == "a"'`,
    );
    engine.judge(
      RecordBatch.of(
        record('chmod', 7, { file: makeKernelFile('a') }),
        open(7, 'a'),
        record('unlink', 7, { file: makeKernelFile('a') }),
        record('rename', 7, { destination: makeKernelFile('a') }),
      ),
    );
    assert.deepEqual(names(), ['fifth', 'second', 'fourth', 'first', 'third']);
    assert.deepEqual(count('matches'), [1, 1, 1, 1, 1]);
  });

  it('are judged whatever lanes the kernel left: the path may have changed since', () => {
    const { engine, policies, names } = makeEngine(
      ...Array.from({ length: 40 }, (_, n) => `id: r${n}, expression: 'open.file.name == "f${n}"'`),
    );
    const withLanes = (name: string, lanes: bigint): Uint8Array =>
      encodeRecord('open', {
        header: { ...makeHeader(7), lanes },
        file: makeKernelFile(name),
      });
    const lanesOf = (index: number): bigint => policies.rules[index]?.lanes ?? 0n;
    assert.ok(policies.rules.some(({ lanes }) => lanes >= 1n << 32n));
    const batch = policies.rules.flatMap(({ index, lanes }) => [
      withLanes(`f${index}`, lanes),
      withLanes(`f${index}`, lanesOf((index + 32) % 40) & ~lanes),
      withLanes(`f${index}`, 0n),
    ]);
    engine.judge(RecordBatch.of(...batch));
    const expected = policies.rules.flatMap(({ id }) => [id, id, id]);
    assert.deepEqual(names(), expected);
  });

  it('that accept one event share its id, and the next event has the next one', () => {
    const { engine, seen } = makeEngine(anyOpen, `id: two, expression: 'open.file.path == "/a"'`);
    engine.judge(RecordBatch.of(open(7, 'a'), open(7, 'b'), open(7, 'a')));
    assert.deepEqual(
      seen.map(({ rule, eventId }) => `${rule} ${eventId}`),
      ['any run-1', 'two run-1', 'any run-2', 'two run-2'],
    );
  });

  it('that are silent are counted and not told', () => {
    const { engine, seen, count } = makeEngine(`${anyOpen}, silent: true`);
    engine.judge(RecordBatch.of(open(7, 'a')));
    assert.deepEqual(seen, []);
    assert.deepEqual([count('matches'), count('silent'), count('heldBack')], [[1], [1], [0]]);
  });
});

describe('periods of `every`', () => {
  const second = 1_000_000_000n;
  const at = (timestamp_ns: bigint, path = 'a/x', pid = 7): Uint8Array =>
    encodeRecord('open', {
      header: { ...makeHeader(pid), timestamp_ns },
      file: makeKernelFile(path),
    });
  const byName = `id: limited, expression: 'open.file.name == "a"', every: 1s`;

  it('end with an alert about the last match held back, and how many others there were', () => {
    const { engine, seen, tellings, count } = makeEngine(byName);
    engine.judge(RecordBatch.of(at(5n * second, 'a/x'), at(5n * second + 1n, 'a/y')));
    engine.judge(RecordBatch.of(at(5n * second + 2n, 'a/z'), at(5n * second + 3n, 'a/y')));
    assert.equal(seen.length, 1);
    // Nothing that a rule is about, but time has passed.
    engine.judge(RecordBatch.of(at(6n * second, 'b')));
    assert.deepEqual(tellings, [
      { outcome: 'alert', count: 0, paths: [], path: '/x/a' },
      { outcome: 'closing', count: 2, paths: ['/y/a', '/z/a'], path: '/y/a' },
    ]);
    assert.deepEqual(
      seen.map(({ eventId }) => eventId),
      ['run-1', 'run-4'],
    );
    assert.deepEqual([count('matches'), count('heldBack')], [[4], [3]]);
    assert.deepEqual(engine.readMatchCounters().summaries, [1]);
  });

  it('begin with an alert, not with what is told at their end', () => {
    const { engine, tellings } = makeEngine(byName);
    engine.judge(RecordBatch.of(at(5n * second), at(5n * second + 1n), at(6n * second + 1n)));
    assert.deepEqual(
      tellings.map(({ outcome }) => outcome),
      ['alert', 'closing', 'alert'],
    );
    engine.judge(RecordBatch.of(at(7n * second - 1n), at(9n * second)));
    assert.deepEqual(
      tellings.map(({ outcome, count }) => `${outcome} ${count}`),
      ['alert 0', 'closing 0', 'alert 0', 'closing 0', 'alert 0'],
    );
  });

  it('end when no record comes, and all at the end of the run', () => {
    const { engine, tellings } = makeEngine(byName);
    engine.judge(RecordBatch.of(at(5n * second), at(5n * second + 1n)));
    engine.closePeriods(Number(6n * second - 1n));
    assert.equal(tellings.length, 1);
    engine.closePeriods(Number(6n * second));
    assert.equal(tellings.length, 2);
    engine.judge(RecordBatch.of(at(6n * second + 1n)));
    engine.closeAllPeriods();
    engine.closeAllPeriods();
    assert.equal(tellings.length, 3);
  });

  it('are told before the match that ends them, each match held back last as itself', () => {
    const { engine, seen, tellings } = makeEngine(byName);
    // They end between two moments at which the engine looks.
    const start = 5n * second + 50_000_000n;
    engine.judge(RecordBatch.of(at(start), at(start + 1n, 'a/y'), at(start + 2n, 'a/w')));
    engine.judge(RecordBatch.of(at(start + second + 1n, 'a/z')));
    assert.deepEqual(tellings.slice(1), [
      { outcome: 'closing', count: 1, paths: ['/y/a', '/w/a'], path: '/w/a' },
      { outcome: 'alert', count: 0, paths: [], path: '/z/a' },
    ]);
    assert.deepEqual(
      seen.map(({ eventId }) => eventId),
      ['run-1', 'run-3', 'run-4'],
    );
    engine.closeAllPeriods();
    assert.equal(tellings.length, 3);
  });

  it('end early where a rule has too many, and are told', () => {
    const keysMax = 4096;
    const { engine, seen } = makeEngine(`${byName}, limiter_token: [process.pid]`);
    for (const pid of [7, 7, 7]) engine.judge(RecordBatch.of(at(5n * second, 'a', pid)));
    for (let pid = 1000; pid < 1000 + keysMax; pid += 1)
      engine.judge(RecordBatch.of(at(5n * second, 'a', pid)));
    assert.deepEqual(
      seen.slice(-3).map(({ pid, suppressed }) => `${pid}:${suppressed}`),
      [`${998 + keysMax}:0`, '7:1', `${999 + keysMax}:0`],
    );
    assert.equal(engine.readMatchCounters().closedEarly, 1);
    engine.judge(RecordBatch.of(at(5n * second, 'a', 7)));
    assert.equal(seen.at(-1)?.pid, 7);
  });

  it('are those of a limiter token', () => {
    const { engine, seen } = makeEngine(`${byName}, limiter_token: [process.pid]`);
    for (const pid of [7, 8, 7, 8, 8]) engine.judge(RecordBatch.of(at(5n * second, 'a', pid)));
    engine.closeAllPeriods();
    assert.deepEqual(
      seen.map(({ pid, suppressed }) => `${pid}:${suppressed}`),
      ['7:0', '8:0', '7:0', '8:1'],
    );
  });

  it('end early when too much is held back, of the rule that has most, and are told', () => {
    const { engine, seen, tellings } = makeEngine(
      `id: quiet, expression: 'open.file.name == "q"', every: 1h`,
      `id: noisy, expression: 'open.file.name == "a"', every: 1h, limiter_token: [process.pid]`,
    );
    for (const name of ['1', '2', '3']) engine.judge(RecordBatch.of(at(second, `q/${name}`)));
    const periods = heldBackLimits.periodsMax;
    for (let pid = 1; pid <= periods; pid += 1) {
      for (let count = 0; count < 3; count += 1) engine.judge(RecordBatch.of(at(second, 'a', pid)));
    }
    const closing = tellings.filter(({ outcome }) => outcome === 'closing');
    assert.deepEqual(closing, [{ outcome: 'closing', count: 1, paths: ['/a'], path: '/a' }]);
    assert.equal(engine.readMatchCounters().closedEarly, 1);
    engine.judge(RecordBatch.of(at(2n * second, 'a', 1)));
    assert.deepEqual([seen.at(-1)?.pid, tellings.at(-1)?.outcome], [1, 'alert']);
    engine.closeAllPeriods();
    const told = seen.filter(({ rule }) => rule === 'noisy');
    const sum = told.reduce((total, { suppressed }) => total + 1 + suppressed, 0);
    assert.equal(sum, 3 * periods + 1);
    assert.deepEqual(
      seen.filter(({ rule }) => rule === 'quiet').map(({ suppressed }) => suppressed),
      [0, 1],
    );
  });

  it('end with an alert that shows and does what was due at its event', () => {
    const { engine, shown } = makeEngine(
      `id: counts, expression: 'open.file.name == "a"', silent: true, actions: [{ set: { name: n,
        expression: '\${n} + 1', default_value: 0 } }]`,
      `id: limited, expression: 'open.file.path == "/a"', every: 1s, actions: [
        { log: { level: info, message: 'time \${n}' } }]`,
    );
    for (const path of ['a', 'a', 'a', 'a/x', 'a/x'])
      engine.judge(RecordBatch.of(at(5n * second, path)));
    engine.closeAllPeriods();
    assert.deepEqual(
      shown.filter((text) => !text.startsWith('silent')),
      ['alert, n 1, time 1', 'held-back, n 2', 'held-back, n 3', 'closing, n 3, time 3'],
    );
    assert.deepEqual(shown.at(0), 'silent, n 1');
    assert.deepEqual(shown.at(-2), 'silent');
  });

  it('of siblings are one: a change is told once, whatever way it was made', () => {
    const { engine, seen, tellings } = makeEngine(
      `id: changed, expression: 'fim.write.file.name == "a"', every: 1s`,
    );
    engine.judge(
      RecordBatch.of(
        record('unlink', 7, { file: makeKernelFile('a/x') }),
        record('rename', 7, { file: makeKernelFile('a/x'), destination: makeKernelFile('a/y') }),
      ),
    );
    engine.closeAllPeriods();
    assert.deepEqual(
      seen.map(({ rule }) => rule),
      ['changed', 'changed'],
    );
    assert.deepEqual(
      tellings.map(({ outcome }) => outcome),
      ['alert', 'closing'],
    );
  });
});

describe('records that cannot be decoded', () => {
  const cut = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - 40);

  it('are counted, and the rest of the batch is judged', () => {
    const { engine, names } = makeEngine(anyOpen);
    const unknownKind = open(7, 'a');
    unknownKind[0] = 99;
    engine.judge(
      RecordBatch.of(open(7, 'a'), cut(open(7, 'a')), unknownKind, new Uint8Array(0), open(7, 'a')),
    );
    assert.deepEqual(names(), ['any', 'any']);
    assert.equal(engine.counters.undecodable, 3);
    assert.equal(engine.counters.received.open, 2);
  });

  it('are counted where only a text of them points elsewhere', () => {
    const { engine, names } = makeEngine(anyOpen);
    const astray = open(7, 'a');
    const length = openRecordOffsets.file.path.at + textRefOffsets.length;
    new DataView(astray.buffer).setUint32(length, 5000, true);
    engine.judge(RecordBatch.of(astray, open(7, 'a')));
    assert.deepEqual(names(), ['any']);
    assert.equal(engine.counters.undecodable, 1);
    assert.equal(engine.counters.received.open, 2);
  });
});

it('what a sink throws is not taken for a bad record', () => {
  const engine = new Engine(
    {
      policies: compile([anyOpen]),
      processes: makeCache().cache,
      surroundings: makeSurroundings(),
      runId: 'run',
      containers: new ContainerOwners(),
      makeUuid: () => '',
      onMatch: () => {
        throw new Error('sink');
      },
    },
    new RecordBatch(0, 0),
  );
  assert.throws(() => engine.judge(RecordBatch.of(open(7, 'a'))), /sink/);
  assert.equal(engine.counters.undecodable, 0);
});

it('every record is counted by its kind', () => {
  const { engine } = makeEngine(anyOpen);
  engine.judge(RecordBatch.of(open(7, 'b'), open(7, 'b'), record('fork', 8), record('cgroup', 7)));
  const { open: opens, fork, cgroup, exec } = engine.counters.received;
  assert.deepEqual([opens, fork, cgroup, exec], [2, 1, 1, 0]);
});
