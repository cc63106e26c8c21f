// SPDX-License-Identifier: Apache-2.0
// Every kind of value and of condition, as emitted code decides it: by itself, and among rules that
// share fields and conditions with it. Both must say what is written here.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventType, eventTypes, type IpNet } from '@fimbul/schema';
import type { RuntimeValue } from '../2-check/typed.ts';
import { type CompiledPolicies, compilePolicies } from '../compile.ts';
import type { PlainEvent } from '../testing/interpret-values.ts';
import { makeAccessors, makeEvent } from '../testing/plain-events.ts';
import { makeVariableRuntime } from '../testing/variable-runtime.ts';
import { emitCondition } from './emit-condition.ts';
import { emitRuleSet } from './emit-rule-set.ts';
import type { EmitRuntime } from './emitted.ts';

/** Rules that declare the variables of these tests; none of them matches. */
const setters = [
  { name: 'count', value: 1, default_value: 7 },
  { name: 'large', value: 1, default_value: 'LARGE' },
  { name: 'text', value: 'x', default_value: 'passwd' },
  { name: 'flag', value: true, default_value: true },
  { name: 'names', value: ['a'], default_value: ['bash', 'passwd'] },
  { name: 'numbers', value: [1], default_value: [3, 5] },
].map((set, index) => ({
  id: `setter_${index}`,
  expression: 'exec.file.name == "never"',
  actions: [{ set: { ...set, append: Array.isArray(set.value) } }],
}));

function compileRules(rules: readonly object[]): CompiledPolicies {
  // JSON is YAML, and YAML has large integers.
  const text = JSON.stringify({ rules: [...setters, ...rules] }).replace(
    '"LARGE"',
    '9007199254740993',
  );
  const options = { events: new Set<EventType>(eventTypes) };
  const compiled = compilePolicies([{ path: 'test.policy', text }], options);
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, []);
  return compiled;
}

const defaults: EmitRuntime<PlainEvent> = {
  ...makeVariableRuntime(({ defaultValue }) => defaultValue),
  makeUuid: () => '00000000-0000-4000-8000-000000000000',
  runSetActions: () => undefined,
};

function matches(compiled: CompiledPolicies, event: PlainEvent): readonly string[] {
  const accessors = makeAccessors();
  const ids: string[] = [];
  for (const program of emitRuleSet(compiled, accessors, defaults).programs.values()) {
    const found: number[] = [];
    program.evaluate(event, -1, -1, found);
    ids.push(...found.map((index) => compiled.rules[index]?.id ?? ''));
  }
  return ids;
}

const address = (value: bigint): IpNet => ({ family: 4, address: value, prefix: 32 });

const given: PlainEvent = {
  'open.file.path': '/etc/passwd',
  'open.flags': 0o101n,
  'process.pid': 17n,
  'process.file.path': '/usr/bin/vim',
  'process.argv': ['-n', '/etc/passwd'],
  'process.ancestors.file.path': ['/usr/bin/bash', '/usr/sbin/sshd'],
  'process.ancestors.pid': [16n, 3n],
  'process.ancestors.argv': [['-l'], ['-D', '-e']],
  'process.ancestors.is_kworker': [false, false],
  'event.timestamp': 9_007_199_254_740_993n,
};
const openEvent = makeEvent(given);
const otherEvent = makeEvent({
  'connect.addr.ip': address(0x0a010203n),
  'dns.question.name': 'Www.Example.CO.uk',
});

const cases: readonly [string, boolean][] = [
  // Registers: all on one element.
  ['process.ancestors[A].file.name == "bash" && process.ancestors[A].pid == 16', true],
  ['process.ancestors[A].file.name == "bash" && process.ancestors[A].pid == 3', false],
  ['process.ancestors.file.name == "bash" && process.ancestors.pid == 3', true],
  ['process.ancestors[A].pid > process.ancestors[B].pid && open.flags > 0', true],
  ['process.ancestors[A].pid == 3 && process.ancestors[B].pid == 3 && open.flags == 0', false],
  ['"-D" in process.ancestors[A].argv && process.ancestors[A].pid == 3', true],
  ['"-D" in process.ancestors[A].argv && process.ancestors[A].pid == 16', false],
  ['!(process.ancestors[A].pid == 16)', true],
  // Indexes, and what is not there.
  ['process.ancestors[0].file.path == "/usr/bin/bash"', true],
  ['process.ancestors[1].pid == 3', true],
  ['process.ancestors[2].pid == 0 && process.ancestors[2].file.path == ""', true],
  ['process.argv[1] == "/etc/passwd" && process.argv[2] == ""', true],
  ['process.ancestors[1].argv[1] == "-e"', true],
  ['"-l" in process.ancestors[0].argv && "-l" not in process.ancestors[7].argv', true],
  // Lists of an iterator: any of all.
  ['process.ancestors.argv == "-e"', true],
  ['process.ancestors.argv != "-e"', false],
  ['process.ancestors.argv in ["-x", ~"-[*"]', false],
  ['process.ancestors.length == 2 && process.argv.length == 2', true],
  // Variables.
  ['${count} == 7 && ${count} + 1 == 8', true],
  ['${large} == 9007199254740993 && ${large} == event.timestamp', true],
  ['${large} != 9007199254740992', true],
  ['open.file.name == ${text} && ${flag}', true],
  ['open.file.name in ${names}', true],
  ['process.file.name in ${names}', false],
  ['process.ancestors.file.name in ${names}', true],
  ['open.flags in ${numbers} || process.ancestors.pid in ${numbers}', true],
  ['open.flags in ${numbers}', false],
  ['process.pid not in ${numbers} && process.file.name not in ${names}', true],
  ['"bash" in ${names} && "sh" not in ${names}', true],
  ['3 in ${numbers} && !(4 in ${numbers})', true],
  ['${numbers} in [4, 5] && ${names} in ["sh", "passwd"]', true],
  ['${numbers} in [4, 6] || ${names} in ["sh", "zsh"]', false],
  ['${numbers} > 4 && ${names} == ~"pass*"', true],
  ['"${text}" in ${names} && ${count} - 2 in ${numbers}', true],
  ['${names.length} == 2', true],
  // Texts with values in them.
  ['open.file.path == "/etc/${text}"', true],
  ['process.file.path == "/usr/bin/vim" && "17 ${process.pid}" == "17 17"', true],
  ['"${names}|${count}|${flag}|${text" == "bash,passwd|7|true|${text"', true],
  ['"%{process.argv}" == "-n,/etc/passwd"', true],
  ['"%{process.ancestors.argv}" == "-l,-D,-e"', true],
  ['"${builtins.uuid4}" == "00000000-0000-4000-8000-000000000000"', true],
  // Lengths.
  ['open.file.name.length == 6 && ${text.length} == 6', true],
];

const otherCases: readonly [string, boolean][] = [
  ['connect.addr.ip in [10.0.0.0/8, 192.168.0.0/16]', true],
  ['connect.addr.ip in [192.168.0.0/16, ::/0]', false],
  ['connect.addr.ip == 10.1.2.3', true],
  ['connect.addr.ip == ::ffff:10.1.2.3', true],
  ['connect.addr.ip allin [10.0.0.0/8]', true],
  ['connect.addr.ip not in [10.0.0.0/8]', false],
  ['dns.question.name == "www.example.co.UK"', true],
  ['dns.question.name =~ "*.EXAMPLE.*"', true],
  ['dns.question.name.root_domain == "example.co.uk"', true],
  ['dns.question.name in ["a.org", "b.org", "c.org", "WWW.example.co.uk"]', true],
];

function describeCases(
  title: string,
  event: PlainEvent,
  rows: readonly [string, boolean][],
  anchor: string,
): void {
  describe(title, () => {
    for (const [expression, expected] of rows) {
      it(`${expression} is ${expected}`, () => {
        const compiled = compileRules([{ id: 'one', expression: `${expression}${anchor}` }]);
        const rule = compiled.rules.find(({ id }) => id === 'one');
        assert.ok(rule);
        assert.deepEqual(matches(compiled, event), expected ? ['one'] : []);
        if (!/\$\{/.test(expression)) {
          assert.equal(emitCondition(rule.condition, makeAccessors())(event), expected);
        }
      });
    }

    it('mean the same side by side, and twice', () => {
      const rules = [0, 1].flatMap((round) =>
        rows.map(([expression], index) => ({
          id: `rule_${round}_${index}`,
          expression: `${expression}${anchor}`,
        })),
      );
      const expected = rules.flatMap(({ id }, index) =>
        rows[index % rows.length]?.[1] === true ? [id] : [],
      );
      const found = matches(compileRules(rules), event);
      assert.deepEqual(found.toSorted(), expected.toSorted());
    });
  });
}

describeCases('values of an open', openEvent, cases, ' && open.file.path != "x"');
describeCases('values of other events', otherEvent, otherCases, '');

describe('variables that a rule sets', () => {
  it('that are lists are looked up, not walked over, where one value is wanted', () => {
    const conditions = ['open.file.name in ${names}', '!("sh" in ${names})', '3 in ${numbers}'];
    for (const condition of conditions) {
      const expression = `${condition} && open.flags != 0`;
      const compiled = compileRules([{ id: 'wanted', expression }]);
      const walked: string[] = [];
      const emitted = emitRuleSet<PlainEvent>(compiled, makeAccessors(), {
        ...defaults,
        readVariable: ({ name, defaultValue }) => {
          walked.push(name);
          return defaultValue;
        },
      });
      const found: number[] = [];
      emitted.programs.get('open')?.evaluate(openEvent, -1, -1, found);
      assert.equal(found.length, 1, condition);
      assert.deepEqual(walked, []);
    }
  });

  it('are seen by later rules of the same event, and not by earlier ones', () => {
    const condition = 'open.file.name == "passwd"';
    const set = { name: 'seen', value: true };
    const compiled = compileRules([
      { id: 'before', expression: `${condition} && !\${seen}` },
      { id: 'setter', expression: condition, actions: [{ set }] },
      { id: 'after', expression: `${condition} && \${seen}` },
      { id: 'too_late', expression: `${condition} && !\${seen}` },
    ]);
    let seen = false;
    const emitted = emitRuleSet<PlainEvent>(compiled, makeAccessors(), {
      ...defaults,
      readVariable: () => seen,
      runSetActions: (index, event) => {
        assert.equal(compiled.rules[index]?.id, 'setter');
        const action = emitted.actions.get(index)?.[0];
        seen = action?.compute?.(event) === true;
      },
    });
    const found: number[] = [];
    emitted.programs.get('open')?.evaluate(openEvent, -1, -1, found);
    assert.deepEqual(
      found.map((index) => compiled.rules[index]?.id),
      ['before', 'setter', 'after'],
    );
  });
});

describe('actions', () => {
  function computeAll(actions: readonly object[]): readonly [boolean, RuntimeValue | null][] {
    const rule = { id: 'acting', expression: 'open.file.name == "passwd"', actions };
    const compiled = compileRules([rule]);
    const { index } = compiled.rules.find(({ id }) => id === 'acting') ?? { index: -1 };
    const emitted = emitRuleSet(compiled, makeAccessors(), defaults).actions.get(index) ?? [];
    return emitted.map(({ isWanted, compute }) => [
      isWanted(openEvent),
      compute === null ? null : compute(openEvent),
    ]);
  }

  it('compute what is stored, integers as bigint', () => {
    const computed = computeAll([
      { set: { name: 'pid', field: 'process.pid' } },
      { set: { name: 'path', field: 'open.file.path' } },
      { set: { name: 'sum', expression: '${count} + process.pid', default_value: 0 } },
      {
        set: { name: 'label', expression: '"${process.pid}:%{open.file.name}"', default_value: '' },
      },
      { set: { name: 'pids', field: 'process.ancestors.pid', append: true } },
      { set: { name: 'args', field: 'process.ancestors.argv', append: true } },
      { set: { name: 'fixed', value: ['a', 'b'] } },
    ]);
    assert.deepEqual(
      computed.map(([, value]) => value),
      [17n, '/etc/passwd', 24n, '17:passwd', [16n, 3n], ['-l', '-D', '-e'], ['a', 'b']],
    );
  });

  it('are wanted where their filter holds', () => {
    const computed = computeAll([
      { filter: 'process.pid == 17', log: { level: 'info', message: 'by %{process.file.path}' } },
      { filter: '${count} > 7', hash: { field: 'open.file' } },
    ]);
    assert.deepEqual(computed, [
      [true, 'by /usr/bin/vim'],
      [false, null],
    ]);
  });
});
