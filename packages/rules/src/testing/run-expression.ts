// SPDX-License-Identifier: Apache-2.0
// Evaluates one expression on one event, the short way: parse, check, emit, call. Variables are
// those of check-context.ts; those that a test does not give have their defaults.

import type { EventType } from '@fimbul/schema';
import { parseExpression } from '../1-parse/parser.ts';
import { checkRule } from '../2-check/check-rule.ts';
import type { RuntimeValue } from '../2-check/typed.ts';
import { emitRuleSet } from '../4-emit/emit-rule-set.ts';
import { createPlainExpression } from '../source-text.ts';
import { allEvents, makeContext } from './check-context.ts';
import type { PlainEvent } from './interpret-values.ts';
import { makeAccessors, makeEvent } from './plain-events.ts';
import { makeVariableRuntime } from './variable-runtime.ts';

export type Given = {
  readonly event?: PlainEvent;
  /** The type of the event; where it is left out, that of the rule. */
  readonly eventType?: EventType;
  readonly variables?: Readonly<Record<string, RuntimeValue>>;
  readonly onRead?: (field: string) => void;
};

/** Evaluates an expression; of `fim.write.file`, all rules that it stands for. */
export function runExpression(expression: string, given: Given): boolean {
  const { tree, problem } = parseExpression(createPlainExpression('test', expression));
  if (tree === null) throw new Error(problem.message);
  const checked = checkRule(tree, makeContext(allEvents));
  if (checked.kind !== 'rule') throw new Error(JSON.stringify(checked.problems));
  const variants = checked.variants.filter(
    ({ eventType }) => eventType === (given.eventType ?? eventType),
  );
  const rules = variants.map((variant, index) => ({ ...variant, index, lanes: 1n, actions: [] }));
  const values = given.variables ?? {};
  const programs = emitRuleSet({ rules }, makeAccessors(given.onRead), {
    ...makeVariableRuntime(({ name, defaultValue }) => values[name] ?? defaultValue),
    makeUuid: () => 'ebe7d1b8-5e6c-4f7c-9f0e-5f2f0c8a6f1e',
    runSetActions: () => undefined,
  }).programs;
  const event = makeEvent(given.event ?? {});
  return [...programs.values()].some(({ evaluate }) => {
    const matches: number[] = [];
    evaluate(event, -1, -1, matches);
    return matches.length > 0;
  });
}
