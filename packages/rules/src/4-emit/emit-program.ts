// SPDX-License-Identifier: Apache-2.0
// The rules on one event type as one function. Each rule is a function of its own; an event asks
// only the candidates that the index gives, and of those the ones with a lane left, in their order.

import { fileOperations } from '@fimbul/schema';
import { buildFunction } from './build-function.ts';
import { type Code, code, joinCode } from './code.ts';
import { emitters } from './emit-bool.ts';
import { emitEvaluate } from './emit-evaluate.ts';
import { EmitModule } from './emit-module.ts';
import type { Accessor, EmitRuntime, EmittableRule, EmittedProgram } from './emitted.ts';
import { NodeTable } from './node-facts.ts';
import { planWalks } from './plan-walks.ts';
import { indexRules } from './rule-index.ts';
import { findConditions } from './shared-conditions.ts';

type ProgramFunctions<Event> = Pick<EmittedProgram<Event>, 'evaluate' | 'measureBy'>;

/** Emits the program of some rules, which are all on one event type. */
export function emitProgram<Event>(
  rules: readonly EmittableRule[],
  accessors: ReadonlyMap<string, Accessor<Event>>,
  runtime: EmitRuntime<Event>,
): EmittedProgram<Event> {
  const type = rules[0]?.eventType;
  const hasLanes = fileOperations.some((operation) => operation === type);
  // A rule of a file operation without lanes can never match.
  const live = (hasLanes ? rules.filter((rule) => rule.lanes !== 0n) : rules).toSorted(
    (left, right) => left.index - right.index,
  );
  const nodes = new NodeTable();
  const index = indexRules(
    live.map((rule) => rule.condition),
    nodes,
  );
  const conditions = live.flatMap(({ condition, guard }) => [condition, ...(guard ? [guard] : [])]);
  const gates = index.gates.map(({ condition }) => condition);
  const { shared, matches } = findConditions([...conditions, ...gates], nodes);
  const walks = planWalks(matches, nodes, index);
  const module = new EmitModule({ accessors, memory: 'event', shared, nodes, walks, emitters });
  const names = live.map((rule) => emitRule(module, rule));
  const last = emitEvaluate(module, live, names, { index, hasLanes });
  const { source, result } = buildFunction(module, last, runtime);
  return { source, ruleCount: rules.length, ...(result as ProgramFunctions<Event>) };
}

function emitRule(module: EmitModule, { condition, guard }: EmittableRule): Code {
  const name = module.makeName('r');
  const parts = guard === null ? [condition] : [condition, guard];
  const test = joinCode(
    parts.map((part) => module.emitBool(part)),
    ' && ',
  );
  module.functions.push(code`function ${name}(e) { return ${test}; }`);
  return name;
}
