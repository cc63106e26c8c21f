// SPDX-License-Identifier: Apache-2.0
// Which rules the index finds, and what emitted code asks for them: fields that are read for an
// event tell whether the index does its work.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CompiledPolicies, compilePolicies } from '../compile.ts';
import type { PlainEvent } from '../testing/interpret-values.ts';
import { makeAccessors, makeEvent } from '../testing/plain-events.ts';
import { type Cover, findCover } from './cover.ts';
import { emitRuleSet } from './emit-rule-set.ts';
import { NodeTable } from './node-facts.ts';
import { indexRules } from './rule-index.ts';
import { findConditions } from './shared-conditions.ts';

function compileRules(expressions: readonly string[]): CompiledPolicies {
  const rules = expressions.map((expression, index) => ({ id: `rule_${index}`, expression }));
  // JSON is YAML.
  const compiled = compilePolicies([{ path: 'test.policy', text: JSON.stringify({ rules }) }]);
  assert.equal(compiled.rules.length, rules.length);
  return compiled;
}

function repeat(count: number, make: (index: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function cover(expression: string): Cover | null {
  const [rule] = compileRules([expression]).rules;
  assert.ok(rule);
  return findCover(rule.condition, (field) => field.type === 'string');
}

function listTests(expression: string): readonly string[] | null {
  return cover(expression)?.tests.map(({ field }) => field.name) ?? null;
}

describe('findCover', () => {
  const cases: readonly [string, readonly string[] | null][] = [
    ['open.file.path == "/a" && open.file.name == "b"', ['open.file.path']],
    ['open.file.path =~ "/e*/**" && open.file.name == "passwd"', ['open.file.name']],
    ['open.file.path == "/a" || open.file.name == "b"', ['open.file.path', 'open.file.name']],
    ['open.file.path == "/a" || open.flags == 1', null],
    ['!(open.file.path != "/a" || open.file.name != "b")', ['open.file.path']],
    ['open.file.path != "/a"', null],
    ['!(open.file.path == "/a")', null],
    ['open.file.path =~ "/**"', null],
    ['open.file.name in ["a", r"b.*"] && open.flags == 0', null],
    ['process.ancestors[A].pid == 1 && open.file.name == "a"', ['open.file.name']],
    ['process.argv in ["a", "b"] && open.flags == 0', null],
  ];
  for (const [expression, expected] of cases) {
    it(`of ${expression} is ${expected}`, () => {
      assert.deepEqual(listTests(expression), expected);
    });
  }
});

describe('indexRules', () => {
  it('finds rules by the fields that enough of them use, and puts the rest behind gates', () => {
    const { rules } = compileRules(
      [
        ...repeat(8, (index) => `open.file.path in ["/a${index}", ~"/b${index}/**"]`),
        'open.file.name == "only-one" && open.flags == 0',
        ...repeat(7, (index) => `open.flags == 1 && process.uid == ${index}`),
        'process.pid == 4',
      ].map((expression) => `${expression} && open.retval != 77`),
    );
    const conditions = rules.map(({ condition }) => condition);
    const index = indexRules(conditions, new NodeTable());
    assert.deepEqual(
      index.fields.map(({ field }) => field.name),
      ['open.file.path'],
    );
    assert.deepEqual([...(index.fields[0]?.exact.get('/a3') ?? [])], [3]);
    assert.deepEqual([...(index.fields[0]?.walk.find('/b5/x').rules ?? [])], [5]);
    // All share the test of the result, so nothing is asked for every event.
    assert.deepEqual([...index.always], []);
    assert.deepEqual(
      index.gates.flatMap(({ places }) => [...places]),
      [8, 9, 10, 11, 12, 13, 14, 15, 16],
    );
  });
});

describe('findConditions', () => {
  it('takes the largest condition that several rules have, and none with a variable', () => {
    const actions = [{ set: { name: 'seen', value: true } }];
    const common = '(process.file.name in ["a", "b"] || process.file.path =~ "/x/**")';
    const variable = '(\u0024{seen} || open.file.name == "z")';
    const text = JSON.stringify({
      rules: [
        { id: 'sets', expression: 'open.flags == 0', actions },
        ...[1, 2].map((flags) => ({
          id: `rule_${flags}`,
          expression: `open.flags == ${flags} && ${common} && ${variable}`,
        })),
      ],
    });
    const compiled = compilePolicies([{ path: 'test.policy', text }]);
    const conditions = compiled.rules.map(({ condition }) => condition);
    const nodes = new NodeTable();
    const { shared } = findConditions(conditions, nodes);
    const kinds = conditions
      .flatMap((condition) => (condition.kind === 'and' ? condition.operands : []))
      .filter((node) => shared.has(nodes.describe(node).id))
      .map((node) => node.kind);
    // Once for each rule; the disjunction with the variable is decided anew.
    assert.deepEqual(kinds, ['or', 'or']);
  });
});

describe('emitted code with an index', () => {
  function listReads(expressions: readonly string[], given: PlainEvent): readonly string[] {
    const reads: string[] = [];
    const accessors = makeAccessors((name) => reads.push(name));
    const program = emitRuleSet(compileRules(expressions), accessors).programs.get('open');
    program?.evaluate(makeEvent(given), -1, -1, []);
    return reads;
  }

  const many = repeat(
    50,
    (index) =>
      `open.file.path in ["/a${index}", ~"/b${index}/**"] && open.flags == 1 && process.uid == 0`,
  );

  it('reads one field of an event that no rule can match', () => {
    assert.deepEqual(listReads(many, { 'open.file.path': '/c' }), ['open.file.path']);
  });

  it('reads each field once of an event that many rules look at', () => {
    const reads = listReads([...many, ...many], { 'open.file.path': '/b7/x', 'open.flags': 1n });
    assert.deepEqual(reads, ['open.file.path', 'open.flags', 'process.uid', 'open.retval']);
  });

  it('asks no field that is expensive to read for every event', () => {
    const rules = repeat(50, (index) => `process.args == "${index}" && open.flags == 1`);
    assert.deepEqual(listReads(rules, {}), ['open.flags']);
  });
});
