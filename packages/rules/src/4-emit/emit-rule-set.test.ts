// SPDX-License-Identifier: Apache-2.0
// How emitted code runs (what it reads, in which order) and that no text of a policy is in it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compilePolicies } from '../compile.ts';
import type { PlainEvent } from '../testing/interpret-values.ts';
import { makeAccessors, makeEvent } from '../testing/plain-events.ts';
import { emitActions } from './emit-actions.ts';
import { emitRuleSet } from './emit-rule-set.ts';
import { type EmittableRule, type EmittedProgram, noRuntime, splitLanes } from './emitted.ts';

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
    String.raw`(?:constants|accessors|stamps|readVariable|hasValue|makeUuid|runSetActions)\b`,
    String.raw`(?:evaluate|measure(?:By)?|attempt(?:Measured)?|meter|from|begin|accepts)\b`,
    String.raw`(?:place|rules|lists?|cursors?|found|kept|only|count)\b`,
    String.raw`(?:BigInt\.asIntN|BigInt|low|high|matches|[eijnv])\b`,
    String.raw`\.(?:has|get|find|startsWith|endsWith|includes|indexOf|push|fill)\b`,
    String.raw`\.(?:length|bits|rules|now|addQuestions|addRule)\b`,
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

/** Text that may stand between quotes, without references and with one `**` at most. */
const quotable = hostile
  .map((text) => text.replaceAll(/["\\]/g, '_').replaceAll('**', '*'))
  .filter((text) => !/[$%]\{[A-Za-z_]/.test(text));

const hostileName = fc.constantFrom(
  ...['__proto__', 'constructor', 'toString', 'k0', 'e', 'eval', 'process', 'stamps', 'arguments'],
);

const arbitraryHostileExpression = fc.oneof(
  fc
    .tuple(fc.constantFrom('open.file.path', 'open.file.name', 'process.argv'), quotable, quotable)
    .map(([field, a, b]) => `(${field} in ["${a}", ~"${b}"] || ${field} =~ "*${a}/${b}")`),
  fc
    .tuple(quotable, quotable, hostileName)
    .map(([a, b, name]) => `open.file.path == "${a}%{process.pid}${b}\u0024{known_${name}}"`),
  fc
    .tuple(hostileName, quotable)
    .map(([name, a]) => `process.ancestors[${name}].file.name in ["${a}", "b", "c", ~"*${a}"]`),
  hostileName.map(
    (name) => `\u0024{known_${name}} in ["a", ~"b*"] && \u0024{list_${name}.length} > 0`,
  ),
  hostileName.map((name) => `open.file.name in \u0024{list_${name}}`),
);

/** Rules that declare variables with these names, and log what is said of them. */
const arbitraryHostileRules = fc
  .tuple(
    fc.array(arbitraryHostileExpression, { minLength: 1, maxLength: 12 }),
    quotable,
    fc.constantFrom(...['constructor', '__proto__', 'toString', 'k0', 'e', 'eval', 'process']),
  )
  .map(([expressions, text, name]) => {
    const names = [
      'stamps',
      'arguments',
      'constructor',
      '__proto__',
      'toString',
      'k0',
      'e',
      'eval',
    ];
    const sets = [...names, 'process'].flatMap((variable) => [
      { set: { name: `known_${variable}`, value: text } },
      { set: { name: `list_${variable}`, value: [text], append: true } },
    ]);
    const log = { log: { level: 'info', message: `${text} \u0024{known_${name}}` } };
    return [
      { id: 'first', expression: 'open.flags == 0', actions: [...sets, log] },
      ...expressions.map((expression, index) => ({
        id: `rule_${index}`,
        expression: `open.flags == 0 && (${expression})`,
      })),
    ];
  });

describe('emitted source', () => {
  it('has no character of the policy in it', () => {
    let ruleCount = 0;
    let policyCount = 0;
    fc.assert(
      fc.property(arbitraryHostileRules, (rules) => {
        // JSON is YAML.
        const text = JSON.stringify({ rules });
        const compiled = compilePolicies([{ path: 'test.policy', text }]);
        policyCount += rules.length;
        ruleCount += compiled.rules.length;
        const accessors = makeAccessors();
        for (const { source } of emitRuleSet(compiled, accessors).programs.values()) {
          assert.equal(findForeign(source), null);
        }
        const { source } = emitActions(compiled.rules, accessors, noRuntime);
        assert.equal(findForeign(source), null);
      }),
      { numRuns: 250 },
    );
    assert.ok(ruleCount > 0.9 * policyCount, `only ${ruleCount} of ${policyCount} rules compile`);
  });

  it('is scanned by something that finds foreign text', () => {
    assert.equal(findForeign('return process.exit();'), 'process.exit();');
    assert.equal(findForeign('k0("x")'), '"x")');
  });
});
