// SPDX-License-Identifier: Apache-2.0
// What rules that take over go on with, and what becomes of what they cannot go on with.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventTypes } from '@fimbul/schema';
import { compilePolicies } from '../compile.ts';
import type { PlainEvent } from '../testing/interpret-values.ts';
import { makeAccessors, makeEvent } from '../testing/plain-events.ts';
import type { RuleHost } from './rule-host.ts';
import { RuleMemory } from './rule-memory.ts';
import { RuleMeter } from './rule-meter.ts';
import { RuleRunner } from './rule-runner.ts';

type TimedEvent = { readonly fields: PlainEvent; readonly timeNs: bigint };

const second = 1_000_000_000n;
const host: RuleHost<TimedEvent> = {
  accessors: new Map(
    [...makeAccessors()].map(([name, read]) => [name, ({ fields }: TimedEvent) => read(fields)]),
  ),
  getOwner: () => null,
  getParentOwner: () => null,
  getTimeNs: ({ timeNs }) => timeNs,
  makeUuid: () => 'uuid',
};

function compile(rules: readonly object[]) {
  const text = JSON.stringify({ rules });
  const compiled = compilePolicies([{ path: 'x.policy', text }], { events: new Set(eventTypes) });
  assert.deepEqual(
    compiled.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return compiled;
}

function run(runner: RuleRunner<TimedEvent>, name: string, seconds = 0): readonly string[] {
  const fields = makeEvent({ 'open.file.name': name, 'open.file.path': `/${name}` });
  const event = { fields, timeNs: BigInt(seconds) * second };
  return runner
    .evaluate(event, 'open', -1, -1)
    .map(({ rule: { id }, outcome }) => `${id} ${outcome}`);
}

const limited = { id: 'limited', expression: 'open.file.name == "a"', every: '10s' };
const setting = {
  id: 'sets',
  expression: 'open.file.name == "s"',
  actions: [{ set: { name: 'x', value: 1 } }],
};
const reading = { id: 'reads', expression: 'open.file.name == "r" && ${x} == 1' };

describe('rules that take over', () => {
  it('go on with a period of every, and with counters, of the rule of the same id', () => {
    const memory = new RuleMemory(host);
    const before = new RuleRunner(compile([limited, setting]), host, memory);
    assert.deepEqual(run(before, 'a', 0), ['limited alert']);
    const moved = { ...limited, expression: 'open.file.name in ["a", "b"]' };
    const next = compile([{ id: 'new', expression: 'open.file.name == "n"' }, moved]);
    const after = new RuleRunner(next, host, memory);
    assert.deepEqual(run(after, 'b', 1), ['limited held-back']);
    assert.deepEqual(run(before, 'a', 2), ['limited held-back'], 'one period for both');
    assert.deepEqual(memory.keepOnly(next), []);
    const index = next.rules.findIndex(({ id }) => id === 'limited');
    assert.deepEqual(after.counters.rules[index], {
      matches: 3,
      alerts: 1,
      heldBack: 2,
      silent: 0,
    });
    assert.deepEqual(after.takeClosedPeriods(10n * second), [
      { limit: '10000000000 limited', limiterKey: '', suppressed: 2 },
    ]);
  });

  it('are given what others held back, whether those are gone or another period is theirs', () => {
    const memory = new RuleMemory(host);
    const gone = { id: 'gone', expression: 'open.file.name == "a"', every: '1h' };
    const before = new RuleRunner(compile([limited, gone]), host, memory);
    for (const time of [0, 1, 2]) run(before, 'a', time);
    const next = compile([{ ...limited, every: '20s' }]);
    const after = new RuleRunner(next, host, memory);
    const closed = memory.keepOnly(next);
    assert.deepEqual(
      closed.map(({ limit, suppressed }) => [limit, suppressed]),
      [
        ['10000000000 limited', 2],
        ['3600000000000 gone', 2],
      ],
    );
    assert.deepEqual(run(after, 'a', 3), ['limited alert'], 'its period begins anew');
    assert.deepEqual(after.counters.forgotten, { matches: 3, alerts: 1, heldBack: 2, silent: 0 });
  });

  it('read variables of the same name and type, and no others', () => {
    const memory = new RuleMemory(host);
    run(new RuleRunner(compile([setting, reading]), host, memory), 's');
    const same = compile([reading, { id: 'more', expression: 'open.retval == 7' }, setting]);
    assert.deepEqual(run(new RuleRunner(same, host, memory), 'r'), ['reads alert']);
    memory.keepOnly(same);
    assert.deepEqual(run(new RuleRunner(same, host, memory), 'r'), ['reads alert']);
    const asText = compile([
      { ...setting, actions: [{ set: { name: 'x', value: '1' } }] },
      { ...reading, expression: 'open.file.name == "r" && ${x} == "1"' },
    ]);
    assert.deepEqual(run(new RuleRunner(asText, host, memory), 'r'), []);
    memory.keepOnly(asText);
    assert.deepEqual(run(new RuleRunner(same, host, memory), 'r'), [], 'it was forgotten');
    assert.equal(memory.variables.bytes, 0);
  });
});

it('a meter goes on for the rules that stay, wherever they stand', () => {
  const meter = new RuleMeter({ ruleCount: 2, now: () => 0, random: () => 0, oneIn: 1 });
  meter.isDue();
  meter.addRule(0, 3);
  meter.addRule(1, 5);
  meter.addQuestions(2);
  const next = meter.continueFor([undefined, 0]);
  assert.deepEqual(next.read(), {
    ...{ events: 1, measuredEvents: 1, indexMilliseconds: 2, clockMilliseconds: 0 },
    rules: [
      { evaluations: 0, milliseconds: 0 },
      { evaluations: 1, milliseconds: 3 },
    ],
  });
});
