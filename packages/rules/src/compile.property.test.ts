// SPDX-License-Identifier: Apache-2.0
// The two properties that everything else rests on: the emitted code means what the language means,
// and the kernel filter never drops an event that a rule matches.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FileOperation } from '@fimbul/schema';
import fc from 'fast-check';
import { parseExpression } from './1-parse/parser.ts';
import { filterEvent } from './3-plan/filter-model.ts';
import { emitRuleSet } from './4-emit/emit-rule-set.ts';
import { splitLanes } from './4-emit/emitted.ts';
import { type CompiledPolicies, compilePolicies } from './compile.ts';
import { createPlainExpression } from './source-text.ts';
import { arbitraryEvent, arbitraryExpression } from './testing/arbitrary-rules.ts';
import { interpretRule, type PlainEvent } from './testing/interpret.ts';
import { makeAccessors, makeEvent, makeVisible } from './testing/plain-events.ts';

const operations: readonly FileOperation[] = ['open', 'unlink', 'rename', 'chmod'];

function compileAll(expressions: readonly string[]): CompiledPolicies {
  const rules = expressions.map((expression, index) => ({ id: `rule_${index}`, expression }));
  // JSON is YAML.
  return compilePolicies([{ path: 'test.policy', text: JSON.stringify({ rules }) }]);
}

function listErrors(compiled: CompiledPolicies): readonly string[] {
  return (
    compiled.diagnostics
      // Rules that compare an identifier with a negative number are refused on purpose.
      .filter(({ severity, code }) => severity === 'error' && code !== 'FR1204')
      .map(({ message, line, column }) => `${line}:${column} ${message}`)
  );
}

/** A rule that does not read the result accepts success and refusals for lack of permission. */
function isAccepted(operation: string, expression: string, event: PlainEvent): boolean {
  const result = event[`${operation}.retval`];
  if (expression.includes(`${operation}.retval`)) return true;
  return typeof result === 'bigint' && (result >= 0n || result === -1n || result === -13n);
}

function interpret(operation: string, expression: string, event: PlainEvent): boolean {
  const { tree } = parseExpression(createPlainExpression('test', expression));
  if (tree === null) throw new Error(`does not parse: ${expression}`);
  const matches = interpretRule({ event, macros: new Map() }, tree);
  return matches && isAccepted(operation, expression, event);
}

const anyLane = -1;

for (const operation of operations) {
  describe(`rules on ${operation}`, () => {
    const arbitraryCase = fc.record({
      expressions: fc.array(arbitraryExpression(operation), { minLength: 1, maxLength: 6 }),
      events: fc.array(arbitraryEvent(operation), { minLength: 1, maxLength: 20 }),
    });

    it('mean the same to the emitted code, the interpreter and the kernel filter', () => {
      const accessors = makeAccessors();
      fc.assert(
        fc.property(arbitraryCase, fc.boolean(), ({ expressions, events }, isNameHidden) => {
          const compiled = compileAll(expressions);
          assert.deepEqual(listErrors(compiled), []);
          const filter = compiled.filters.find((candidate) => candidate.operation === operation);
          assert.ok(filter);
          const program = emitRuleSet(compiled, accessors).programs.get(operation);
          assert.ok(program);
          const { evaluate } = program;
          for (const event of events.map(makeEvent)) {
            const expected = compiled.rules
              .filter(({ expression }) => interpret(operation, expression, event))
              .map(({ index }) => index);
            const matches: number[] = [];
            evaluate(event, anyLane, anyLane, matches);
            assert.deepEqual(matches, expected);
            // Every event they match keeps a lane in the filter, and is found by it.
            const visible = makeVisible(operation, event);
            const lanes = filterEvent(
              filter,
              isNameHidden ? { ...visible, sourceName: null } : visible,
            );
            for (const index of expected) {
              assert.notEqual((compiled.rules[index]?.lanes ?? 0n) & lanes, 0n);
            }
            const { low, high } = splitLanes(lanes);
            const candidates: number[] = [];
            evaluate(event, low, high, candidates);
            assert.deepEqual(candidates, expected);
          }
        }),
        { numRuns: 200 },
      );
    });
  });
}

describe('rule sets with more conjunctions than lanes', () => {
  it('keep a lane for every event they match', () => {
    const accessors = makeAccessors();
    const arbitraryCase = fc.record({
      expressions: fc.array(arbitraryExpression('open'), { minLength: 66, maxLength: 80 }),
      events: fc.array(arbitraryEvent('open'), { minLength: 20, maxLength: 40 }),
    });
    fc.assert(
      fc.property(arbitraryCase, ({ expressions, events }) => {
        const compiled = compileAll(expressions);
        const filter = compiled.filters[0];
        assert.ok(filter?.operation === 'open');
        const program = emitRuleSet(compiled, accessors).programs.get('open');
        assert.ok(program);
        const { evaluate } = program;
        for (const event of events.map(makeEvent)) {
          const all: number[] = [];
          evaluate(event, anyLane, anyLane, all);
          const { low, high } = splitLanes(filterEvent(filter, makeVisible('open', event)));
          const candidates: number[] = [];
          evaluate(event, low, high, candidates);
          assert.deepEqual(candidates, all);
        }
      }),
      { numRuns: 10 },
    );
  });
});
