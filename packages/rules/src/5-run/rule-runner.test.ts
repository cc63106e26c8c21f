// SPDX-License-Identifier: Apache-2.0
// What running rules gives for events: matches, what is due, variables that later rules see, and
// what `every` holds back.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventType, eventTypes, fromByteString, toByteString } from '@fimbul/schema';
import { compilePolicies } from '../compile.ts';
import type { PlainEvent } from '../testing/interpret-values.ts';
import { makeAccessors, makeEvent } from '../testing/plain-events.ts';
import type { RuleMatch } from './match.ts';
import { RuleMeter } from './rule-meter.ts';
import { RuleRunner } from './rule-runner.ts';

type TimedEvent = { readonly fields: PlainEvent; readonly timeNs: bigint };

const second = 1_000_000_000n;

/** Runs rules that are written as in a policy. */
class Bench {
  readonly runner: RuleRunner<TimedEvent>;
  readonly #owners = new Map<string, object>();
  readonly #parents = new Map<object, object>();

  constructor(rules: readonly object[]) {
    const text = JSON.stringify({ rules });
    const options = { events: new Set(eventTypes) };
    const compiled = compilePolicies([{ path: 'x.policy', text }], options);
    const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
    assert.deepEqual(errors, []);
    const accessors = new Map(
      [...makeAccessors()].map(([name, read]) => [name, ({ fields }: TimedEvent) => read(fields)]),
    );
    this.runner = new RuleRunner<TimedEvent>(compiled, {
      accessors,
      getOwner: ({ fields }, scope, scopeField) => {
        const name = scopeField === null ? `${scope}.id` : 'process.ppid';
        const id = scope === 'process' && scopeField === null ? 'process.pid' : name;
        const key = scope === 'process' ? String(fields[id]) : String(fields[`process.${id}`]);
        return key === '' ? null : this.owner(`${scope} ${key}`);
      },
      getParentOwner: (owner) => this.#parents.get(owner) ?? null,
      getTimeNs: ({ timeNs }) => timeNs,
      makeUuid: () => 'uuid',
    });
  }

  owner(key: string): object {
    const owner = this.#owners.get(key) ?? {};
    this.#owners.set(key, owner);
    return owner;
  }

  /** Says which process created another one. */
  adopt(pid: number, parent: number): void {
    this.#parents.set(this.owner(`process ${pid}`), this.owner(`process ${parent}`));
  }

  evaluate(given: PlainEvent, seconds = 0, type: EventType = 'open'): readonly RuleMatch[] {
    const event = { fields: makeEvent(given), timeNs: BigInt(seconds) * second };
    return this.runner.evaluate(event, type, -1, -1);
  }

  /** The ids of rules that match, with the outcome where it is no plain alert. */
  run(given: PlainEvent, seconds = 0, type: EventType = 'open'): readonly string[] {
    return this.evaluate(given, seconds, type).map(({ rule, outcome, closed }) => {
      const more = outcome === 'alert' ? '' : ` ${outcome}`;
      return `${rule.id}${more}${closed.map(({ suppressed }) => ` +${suppressed}`).join('')}`;
    });
  }

  list(given: PlainEvent, seconds = 0): Record<string, unknown> {
    const event = { fields: makeEvent(given), timeNs: BigInt(seconds) * second };
    const entries = this.runner.listVariables(event);
    return Object.fromEntries(entries.map(({ variable, value }) => [variable.name, value]));
  }
}

const on = (name: string) => ({ 'open.file.path': toByteString(`/${name}`) });
const rule = (id: string, expression: string, more: object = {}) => ({ id, expression, ...more });
const set = (given: object, filter?: string) => ({
  actions: [{ set: given, ...(filter === undefined ? {} : { filter }) }],
});

describe('set', () => {
  it('is seen by later rules of the same event, and by later events', () => {
    const bench = new Bench([
      rule('early', 'open.file.name == "b" && ${seen}'),
      rule('sets', 'open.file.name == "a"', set({ name: 'seen', value: true })),
      rule('late', 'open.flags == 0 && ${seen}'),
    ]);
    assert.deepEqual(bench.run(on('b')), []);
    assert.deepEqual(bench.run(on('a')), ['sets', 'late']);
    assert.deepEqual(bench.run(on('b')), ['early', 'late']);
  });

  it('runs in order, each with its filter', () => {
    const bench = new Bench([
      rule('counts', 'open.file.path != ""', {
        actions: [
          { set: { name: 'n', default_value: 0, expression: '${n} + 1' } },
          { set: { name: 'many', value: true }, filter: '${n} >= 2' },
        ],
      }),
      rule('many', 'open.file.path != "" && ${many}'),
    ]);
    assert.deepEqual(bench.run(on('a')), ['counts']);
    assert.deepEqual(bench.run(on('a')), ['counts', 'many']);
    assert.deepEqual(bench.list(on('a')), { n: 2n, many: true });
  });

  it('keeps values of processes, containers and control groups apart', () => {
    for (const [scope, field, one, two] of [
      ['process', 'process.pid', 1n, 2n],
      ['container', 'process.container.id', 'one', 'two'],
      ['cgroup', 'process.cgroup.id', 'one', 'two'],
    ] as const) {
      const bench = new Bench([
        rule('sets', 'open.file.name == "a"', set({ name: 'x', scope, value: 5 })),
        rule('reads', `open.file.name == "b" && \${${scope}.x} == 5`),
      ]);
      bench.run({ ...on('a'), [field]: one });
      assert.deepEqual(bench.run({ ...on('b'), [field]: one }), ['reads'], scope);
      assert.deepEqual(bench.run({ ...on('b'), [field]: two }), [], scope);
    }
  });

  it('does nothing where there is no container, and counts that', () => {
    const bench = new Bench([
      rule('sets', 'open.file.name == "a"', set({ name: 'x', scope: 'container', value: 5 })),
    ]);
    assert.deepEqual(bench.run(on('a')), ['sets']);
    assert.equal(bench.runner.counters.setsWithoutOwner, 1);
    assert.deepEqual(bench.list(on('a')), {});
  });

  it('sets at the parent where it says so, and children inherit', () => {
    const bench = new Bench([
      rule(
        'sets',
        'open.file.name == "a"',
        set({
          ...{ name: 'x', scope: 'process', scope_field: 'process.parent', value: true },
          inherited: true,
        }),
      ),
      rule('reads', 'open.file.name == "b" && ${process.x}'),
    ]);
    bench.adopt(3, 2);
    bench.run({ ...on('a'), 'process.pid': 9n, 'process.ppid': 2n });
    assert.deepEqual(bench.run({ ...on('b'), 'process.pid': 2n }), ['reads']);
    assert.deepEqual(bench.run({ ...on('b'), 'process.pid': 3n }), ['reads']);
    assert.deepEqual(bench.run({ ...on('b'), 'process.pid': 9n }), []);
  });

  it('collects values of fields in a list, each for its time', () => {
    const bench = new Bench([
      rule(
        'sets',
        'open.flags == 1',
        set({ name: 'paths', field: 'open.file.path', append: true, ttl: '10s', size: 2 }),
      ),
      rule('again', 'open.flags == 0 && open.file.path in ${paths}'),
    ]);
    const opened = { 'open.flags': 1n };
    bench.run({ ...on('a'), ...opened }, 0);
    bench.run({ ...on('b'), ...opened }, 5);
    assert.deepEqual(bench.run(on('a'), 9), ['again']);
    assert.deepEqual(bench.run(on('a'), 10), []);
    assert.deepEqual(bench.run(on('b'), 14), ['again']);
    for (const name of ['c', 'd', 'e']) bench.run({ ...on(name), ...opened }, 20);
    assert.deepEqual(bench.list(on('a'), 20), { paths: ['/d', '/e'] });
    assert.equal(bench.runner.counters.evictedValues, 1);
  });
});

describe('listVariables', () => {
  it('leaves out what is private or not set', () => {
    const bench = new Bench([
      rule('a', 'open.file.name == "a"', set({ name: 'shown', value: 1 })),
      rule('b', 'open.file.name == "a"', set({ name: 'hidden', value: 1, private: true })),
      rule('c', 'open.file.name == "never"', set({ name: 'unset', value: 1 })),
    ]);
    bench.run(on('a'));
    assert.deepEqual(bench.list(on('a')), { shown: 1n });
  });
});

describe('every', () => {
  const limited = { every: '10s' };

  it('holds matches back, and the next alert tells of the period that it ends', () => {
    const bench = new Bench([rule('r', 'open.file.name == "a"', limited)]);
    assert.deepEqual(bench.run(on('a'), 0), ['r']);
    assert.deepEqual(bench.run(on('a'), 1), ['r held-back']);
    assert.deepEqual(bench.run(on('a'), 9), ['r held-back']);
    assert.deepEqual(bench.run(on('a'), 10), ['r +2']);
    const [counters] = bench.runner.counters.rules;
    assert.deepEqual(counters, { matches: 4, alerts: 2, heldBack: 2, silent: 0 });
  });

  it('ends a period that holds something back', () => {
    const bench = new Bench([rule('r', 'open.file.name == "a"', limited)]);
    bench.run(on('a'), 0);
    const [held] = bench.evaluate(on('a'), 1);
    assert.deepEqual(bench.runner.takeClosedPeriods(9n * second), []);
    const closed = bench.runner.takeClosedPeriods(10n * second);
    assert.deepEqual(
      closed.map(({ limit, suppressed }) => [limit, suppressed]),
      [['10000000000 r', 1]],
    );
    assert.equal(closed[0]?.limiterKey, held?.limiterKey);
    assert.deepEqual(bench.runner.takeClosedPeriods('all'), []);
    assert.deepEqual(bench.run(on('a'), 15), ['r']);
    assert.deepEqual(bench.run(on('a'), 24), ['r held-back']);
  });

  it('counts as an alert what is told after all', () => {
    const bench = new Bench([rule('r', 'open.file.name == "a"', limited)]);
    bench.run(on('a'), 0);
    bench.run(on('a'), 1);
    const [held] = bench.evaluate(on('a'), 2);
    assert.ok(held);
    bench.runner.release(held);
    const [counters] = bench.runner.counters.rules;
    assert.deepEqual(counters, { matches: 3, alerts: 2, heldBack: 1, silent: 0 });
    assert.deepEqual(bench.run(on('a'), 10), ['r +1']);
  });

  it('gives each combination of limiter tokens a period of its own', () => {
    const token = { limiter_token: ['process.pid', 'open.file.name'] };
    const bench = new Bench([rule('r', 'open.flags == 0', { ...limited, ...token })]);
    assert.deepEqual(bench.run({ ...on('a'), 'process.pid': 1n }), ['r']);
    assert.deepEqual(bench.run({ ...on('a'), 'process.pid': 2n }), ['r']);
    assert.deepEqual(bench.run({ ...on('b'), 'process.pid': 1n }), ['r']);
    assert.deepEqual(bench.run({ ...on('a'), 'process.pid': 1n }), ['r held-back']);
  });

  it('holds nothing back of silent rules', () => {
    const bench = new Bench([rule('r', 'open.flags == 0', { ...limited, silent: true })]);
    for (let time = 0; time < 3; time += 1)
      assert.deepEqual(bench.run(on('a'), time), ['r silent']);
    assert.deepEqual(bench.runner.takeClosedPeriods('all'), []);
  });

  it('is shared by the rules that fim.write stands for', () => {
    const bench = new Bench([rule('w', 'fim.write.file.path == "/a"', limited)]);
    const opened = { ...on('a'), 'open.flags': 1n };
    assert.deepEqual(bench.run(opened, 0), ['w']);
    assert.deepEqual(bench.run({ 'unlink.file.path': '/a' }, 1, 'unlink'), ['w held-back']);
    assert.deepEqual(bench.run(opened, 10), ['w +1']);
  });
});

describe('rules that fim.write stands for', () => {
  it('give one match for an event, and set once', () => {
    const counting = set({ name: 'n', default_value: 0, expression: '${n} + 1' });
    const bench = new Bench([rule('w', 'fim.write.file.name == "a"', counting)]);
    const both = { 'rename.file.path': '/a', 'rename.file.destination.path': '/x/a' };
    assert.deepEqual(bench.run(both, 0, 'rename'), ['w']);
    assert.deepEqual(bench.list(both), { n: 1n });
    assert.equal(
      bench.runner.counters.rules.reduce((sum, { matches }) => sum + matches, 0),
      1,
    );
  });

  it('set for an event whatever became of the one before', () => {
    const counting = set({ name: 'n', default_value: 0, expression: '${n} + 1' });
    const bench = new Bench([
      rule('w', 'fim.write.file.name == "a"', counting),
      rule('late', 'rename.file.name == "a" && rename.file.uid == 7'),
    ]);
    const both = { 'rename.file.path': '/a', 'rename.file.destination.path': '/x/a' };
    const unreadable = Object.defineProperty({ ...makeEvent(both) }, 'rename.file.uid', {
      get: () => assert.fail('unreadable'),
    });
    const evaluate = () =>
      bench.runner.evaluate({ fields: unreadable, timeNs: 0n }, 'rename', -1, -1);
    assert.throws(evaluate, /unreadable/);
    assert.deepEqual(bench.list(both), { n: 1n });
    bench.run(both, 0, 'rename');
    assert.deepEqual(bench.list(both), { n: 2n });
  });
});

describe('actions of the host', () => {
  const actions = [
    { log: { message: 'opened %{open.file.path} by ${process.pid}', level: 'warning' } },
    { kill: { signal: 'SIGKILL' }, filter: 'process.pid > 100' },
    { hash: { field: 'open.file' } },
  ];
  const kinds = (matches: readonly RuleMatch[]) =>
    matches.map((match) => match.actions.map(({ kind }) => kind));

  it('are due where their filter holds', () => {
    const bench = new Bench([rule('r', 'open.flags == 0', { actions })]);
    assert.deepEqual(kinds(bench.evaluate(on('a'))), [['log', 'hash']]);
    const [match] = bench.evaluate({ ...on('ä'), 'process.pid': 101n });
    assert.ok(match);
    assert.deepEqual(kinds([match]), [['log', 'kill', 'hash']]);
    const [log] = match.actions;
    assert.ok(log?.kind === 'log');
    assert.equal(fromByteString(log.message).text, 'opened /ä by 101');
  });

  it('are only kills while a match is held back, and all of them for silent rules', () => {
    const limited = rule('limited', 'open.file.name == "a"', { actions, every: '10s' });
    const silent = rule('silent', 'open.file.name == "b"', { actions, silent: true });
    const bench = new Bench([limited, silent]);
    const by = { 'process.pid': 101n };
    assert.deepEqual(kinds(bench.evaluate({ ...on('a'), ...by })), [['log', 'kill', 'hash']]);
    const [held] = bench.evaluate({ ...on('a'), ...by });
    assert.ok(held);
    assert.deepEqual(kinds([held]), [['kill']]);
    const [log, hash] = held.deferred;
    assert.equal(log?.kind === 'log' && log.message, 'opened /a by 101');
    assert.deepEqual([hash?.kind, held.deferred.length], ['hash', 2]);
    assert.deepEqual(kinds(bench.evaluate({ ...on('b'), ...by })), [['log', 'kill', 'hash']]);
  });
});

it('reset forgets variables, periods and counters', () => {
  const bench = new Bench([
    rule('r', 'open.flags == 0', { ...set({ name: 'x', value: 1 }), every: '10s' }),
  ]);
  bench.run(on('a'));
  bench.run(on('a'));
  bench.runner.reset();
  assert.deepEqual(bench.list(on('a')), {});
  assert.deepEqual(bench.runner.takeClosedPeriods('all'), []);
  assert.equal(bench.runner.counters.rules[0]?.matches, 0);
  assert.deepEqual(bench.run(on('a'), 1), ['r']);
});

it('events of a type without rules match nothing', () => {
  const bench = new Bench([rule('r', 'open.flags == 0')]);
  assert.deepEqual(bench.run({}, 0, 'unlink'), []);
});

describe('a meter', () => {
  it('changes nothing but that it knows what was decided', () => {
    const rules = [
      rule('sets', 'open.file.name == "a"', set({ name: 'seen', value: true })),
      rule('reads', 'open.flags == 0 && ${seen}'),
      rule('other', 'open.file.name == "b"'),
    ];
    const plain = new Bench(rules);
    const measured = new Bench(rules);
    const meter = new RuleMeter({
      ...{ ruleCount: 3, now: () => performance.now(), random: () => 0, oneIn: 1 },
    });
    measured.runner.setMeter(meter);
    for (const name of ['b', 'a', 'b', 'c']) {
      assert.deepEqual(measured.run(on(name)), plain.run(on(name)), name);
    }
    const { events, measuredEvents, rules: costs } = meter.read();
    assert.deepEqual([events, measuredEvents], [4, 4]);
    // Three rules are too few for an index: each event asks all of them.
    assert.deepEqual(
      costs.map(({ evaluations }) => evaluations),
      [4, 4, 4],
    );
    measured.runner.setMeter(null);
    measured.run(on('a'));
    assert.equal(meter.read().events, 4);
  });
});
