// SPDX-License-Identifier: Apache-2.0
// How emitted code runs (what it reads, in which order) and that no text of a policy is in it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compilePolicies } from '../compile.ts';
import type { PlainEvent } from '../testing/interpret.ts';
import { makeAccessors, makeEvent } from '../testing/plain-events.ts';
import {
  type EmittableRule,
  type EmittedProgram,
  emitRuleSet,
  splitLanes,
} from './emit-rule-set.ts';

/** Any character; fast-check's own unit `binary` takes half a second to set up. */
const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

/** Compiles one rule as far as the emitter needs it. */
function makeRule(expression: string, index = 0, lanes = 1n): EmittableRule {
  // JSON is YAML.
  const text = JSON.stringify({ rules: [{ id: 'test', expression }] });
  const [rule] = compilePolicies([{ path: 'test.policy', text }]).rules;
  assert.ok(rule, expression);
  return { ...rule, index, lanes };
}

function emitOne(
  rules: readonly EmittableRule[],
  accessors = makeAccessors(),
): EmittedProgram<PlainEvent> {
  const [program] = emitRuleSet({ rules }, accessors).programs.values();
  assert.ok(program);
  return program;
}

function listReads(expression: string, given: PlainEvent): readonly string[] {
  const reads: string[] = [];
  const rules = [makeRule(expression)];
  const open = emitOne(
    rules,
    makeAccessors((name) => reads.push(name)),
  );
  open.evaluate(makeEvent(given), -1, -1, []);
  return reads;
}

describe('emitRuleSet', () => {
  it('reads a field at most once for each rule', () => {
    const expression =
      '(open.file.name == "a" || open.file.name =~ "*b" || open.file.name in ["c", "d", r"e$"])' +
      ' && open.file.path != process.file.path && process.file.path !~ "/x/*" && open.flags >= 0' +
      ' && (process.uid == 3 || process.uid == 4 || open.file.name.length > 0)' +
      ' && process.ancestors.file.path not in ["/q"] && process.ancestors.file.path != "/r"';
    for (const name of ['a', 'xb', 'c', 'e', 'zz', '']) {
      const path = `/etc/${name}`;
      const reads = listReads(expression, { 'open.file.path': path, 'process.uid': 4n });
      assert.deepEqual(reads, [...new Set(reads)], name);
    }
  });

  it('reads a field at most once when only some ways to a condition have read it', () => {
    const expression =
      '(process.uid == 1 && open.file.name == "a") || (open.file.name =~ "b*c" && open.flags == 0)';
    for (const uid of [0n, 1n]) {
      const reads = listReads(expression, { 'open.file.path': '/bxc', 'process.uid': uid });
      assert.equal(reads.filter((name) => name === 'open.file.name').length, 1);
    }
  });

  it('evaluates cheap conditions first', () => {
    const expression =
      'process.ancestors.file.path == "/x" && open.file.user == "root" && open.flags == 55';
    assert.deepEqual(listReads(expression, {}), ['open.flags']);
  });

  it('stops at the first condition that decides', () => {
    const expression = 'open.file.user == "root" || process.uid == 0';
    assert.deepEqual(listReads(expression, {}), ['process.uid', 'open.retval']);
  });

  it('evaluates only rules with a lane of the event, in load order', () => {
    const rules = Array.from({ length: 64 }, (_, index) =>
      makeRule('open.flags == 0', index, 1n << BigInt(63 - index)),
    );
    const open = emitOne(rules);
    const event = makeEvent({});
    for (const lanes of [
      1n,
      1n << 31n,
      1n << 32n,
      1n << 63n,
      0b1001n << 30n,
      (1n << 64n) - 1n,
      0n,
    ]) {
      const { low, high } = splitLanes(lanes);
      const matches: number[] = [];
      open.evaluate(event, low, high, matches);
      const expected = rules.filter((rule) => rule.lanes & lanes).map((rule) => rule.index);
      assert.deepEqual(matches, expected);
    }
  });

  it('evaluates all rules of process events, whatever the lanes', () => {
    const rules = [makeRule('exec.pid == 0', 0, 0n), makeRule('exec.pid == 0', 1, 0n)];
    const matches: number[] = [];
    emitOne(rules).evaluate(makeEvent({}), 0, 0, matches);
    assert.deepEqual(matches, [0, 1]);
  });

  it('names the field that has no accessor', () => {
    const rules = [makeRule('open.flags == 0')];
    assert.throws(() => emitRuleSet({ rules }, new Map()), /no accessor reads the field open\./);
  });

  it('gives operations without rules a function that matches nothing', () => {
    const matches: number[] = [];
    assert.equal(emitRuleSet({ rules: [] }, new Map()).programs.size, 0);
    assert.deepEqual(matches, []);
  });
});

/** Everything that emitted source may consist of. */
const allowedTokens = new RegExp(
  [
    String.raw`\s+`,
    '"use strict";',
    '"/"',
    '""',
    String.raw`(?:const|let|function|return|for|while|if|true|false|null|undefined)\b`,
    String.raw`(?:constants|accessors|stamps|readVariable|makeUuid|runSetActions)\b`,
    String.raw`(?:evaluate|attempt|place|rules|lists?|cursors?|found|kept|only|count)\b`,
    String.raw`(?:BigInt\.asIntN|BigInt|low|high|matches|[eijnv])\b`,
    String.raw`\.(?:has|get|find|startsWith|endsWith|includes|indexOf|push|fill)\b`,
    String.raw`\.(?:length|bits|rules)\b`,
    String.raw`[akfvwomqxcr]\d+\b`,
    '\\d+',
    '>>>|===|!==|&&|\\|\\||\\?\\?|<=|>=|=>|\\+\\+|[-+&|^<>=!?:;,(){}\\[\\]]',
  ].join('|'),
  'y',
);

function findForeign(source: string): string | null {
  let at = 0;
  while (at < source.length) {
    allowedTokens.lastIndex = at;
    const [token = ''] = allowedTokens.exec(source) ?? [];
    if (token === '') return source.slice(at, at + 40);
    at += token.length;
  }
  return null;
}

const hostile = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 30 }),
  fc.constantFrom(
    '`\u0024{process.exit()}`',
    '*/ }); globalThis.x = 1; (() => { /*',
    '\\u0022+x+',
    '\n',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    "');alert(1)//",
    '\u2028x()',
    '\u0024{k0}',
    'k0*',
    'a*b*c',
  ),
);

const arbitraryHostileRule = fc
  .tuple(fc.constantFrom('open.file.path', 'open.file.name', 'process.argv'), hostile, hostile)
  .map(([field, first, second]) => {
    const [a, b] = [first, second].map((text) => text.replaceAll(/["\\]/g, '_'));
    return `open.flags == 0 && (${field} in ["${a}", ~"${b}"] || ${field} =~ "*${a}/${b}")`;
  })
  .filter((expression) => !/\*\*/.test(expression) && !/[$%]\{[A-Za-z_]/.test(expression));

describe('emitted source', () => {
  it('has no character of the policy in it', () => {
    fc.assert(
      fc.property(arbitraryHostileRule, (expression) => {
        const open = emitOne([makeRule(expression)]);
        assert.equal(findForeign(open.source), null);
      }),
      { numRuns: 500 },
    );
  });

  it('is scanned by something that finds foreign text', () => {
    assert.equal(findForeign('return process.exit();'), 'process.exit();');
    assert.equal(findForeign('k0("x")'), '"x")');
  });
});
