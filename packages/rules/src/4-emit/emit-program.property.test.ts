// SPDX-License-Identifier: Apache-2.0
// A rule among many says what it says alone. Many rules have an index, automata and conditions that
// are decided once for all of them; one rule has none of it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileOperations } from '@fimbul/schema';
import fc from 'fast-check';
import type { RuntimeValue } from '../2-check/typed.ts';
import { compilePolicies } from '../compile.ts';
import { arbitraryVariables, variableActions } from '../testing/arbitrary-language.ts';
import { arbitraryEvent, arbitraryExpression } from '../testing/arbitrary-rules.ts';
import type { PlainEvent } from '../testing/interpret-values.ts';
import { makeAccessors, makeEvent } from '../testing/plain-events.ts';
import { makeVariableRuntime } from '../testing/variable-runtime.ts';
import { emitRuleSet } from './emit-rule-set.ts';
import {
  type EmitRuntime,
  type EmittableRule,
  type EvaluationMeter,
  splitLanes,
} from './emitted.ts';

/** More runs than a check has time for: FIMBUL_PROPERTY_RUNS=20000. */
const numRuns = Number(process.env.FIMBUL_PROPERTY_RUNS ?? 25);

const accessors = makeAccessors();

function emit(rules: readonly EmittableRule[], runtime: EmitRuntime<PlainEvent>) {
  const { programs } = emitRuleSet({ rules }, accessors, runtime);
  return (event: PlainEvent, laneLow: number, laneHigh: number): readonly number[] => {
    const matches: number[] = [];
    const measured: number[] = [];
    const decided: number[] = [];
    const meter: EvaluationMeter = {
      now: () => 0,
      addQuestions: () => undefined,
      addRule: (index) => void decided.push(index),
    };
    for (const program of programs.values()) {
      program.evaluate(event, laneLow, laneHigh, matches);
      program.measureBy(meter)(event, laneLow, laneHigh, measured);
    }
    assert.deepEqual(measured, matches);
    assert.equal(new Set(decided).size, decided.length, 'a rule is decided twice');
    assert.ok(measured.every((index) => decided.includes(index)));
    return matches;
  };
}

for (const operation of fileOperations) {
  describe(`many rules on ${operation}`, () => {
    const conjunction = fc
      .array(arbitraryExpression(operation), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map((part) => `(${part})`).join(' && '));
    const arbitraryCase = fc.record({
      expressions: fc.array(fc.oneof(arbitraryExpression(operation), conjunction), {
        minLength: 12,
        maxLength: 40,
      }),
      repeats: fc.array(fc.nat(11), { maxLength: 20 }),
      events: fc.array(arbitraryEvent(operation), { minLength: 5, maxLength: 15 }),
      variables: arbitraryVariables,
      lanes: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    });

    it('match what each matches alone, in order, and only with a lane', () => {
      let matched = 0;
      fc.assert(
        fc.property(arbitraryCase, ({ expressions, repeats, events, variables, lanes }) => {
          const all = [...expressions, ...repeats.map((index) => expressions[index] ?? 'false')];
          const declaring = {
            id: 'declares_variables',
            expression: 'exec.file.name == "never"',
            actions: variableActions,
          };
          const written = all.map((expression, index) => ({ id: `rule_${index}`, expression }));
          // JSON is YAML.
          const text = JSON.stringify({ rules: [...written, declaring] });
          const compiled = compilePolicies([{ path: 'test.policy', text }]);
          const rules = compiled.rules.filter(({ eventType }) => eventType === operation);
          const runtime: EmitRuntime<PlainEvent> = {
            ...makeVariableRuntime(({ name }) => variables.get(name) as RuntimeValue),
            makeUuid: () => 'unique',
            runSetActions: () => undefined,
          };
          const { low, high } = splitLanes(lanes);
          const one = rules.map((rule) => ({ rule, evaluate: emit([rule], runtime) }));
          const together = emit(rules, runtime);
          for (const event of events.map(makeEvent)) {
            const alone = one
              .filter(({ evaluate }) => evaluate(event, -1, -1).length > 0)
              .map(({ rule }) => rule);
            matched += alone.length;
            const indexes = alone.map(({ index }) => index);
            assert.deepEqual(together(event, -1, -1), indexes);
            const left = alone.filter((rule) => (rule.lanes & lanes) !== 0n);
            assert.deepEqual(
              together(event, low, high),
              left.map(({ index }) => index),
            );
          }
        }),
        { numRuns },
      );
      assert.ok(matched > 100, `only ${matched} matches`);
    });
  });
}
