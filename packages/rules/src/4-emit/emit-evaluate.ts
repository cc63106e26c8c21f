// SPDX-License-Identifier: Apache-2.0
// The function that an event goes through: ask the index, merge what it gives into the order of the
// rules, decide each rule once. Nothing is allocated for an event. A twin of it takes the time of
// each step; whoever runs rules sends few events through it, and none while nobody looks.

import { type Code, code, joinCode, makeInteger } from './code.ts';
import { type EmitModule, eventNumberMax } from './emit-module.ts';
import { emitOutcome } from './emit-outcome.ts';
import { type EmittableRule, splitLanes } from './emitted.ts';
import type { RuleIndex } from './rule-index.ts';

/** Emits the questions to the index; each adds a list of places to `lists`. */
function emitQuestions(module: EmitModule, index: RuleIndex): Code[] {
  const { constants } = module;
  const questions: Code[] = [];
  for (const { field, exact, walk } of index.fields) {
    if (exact.size > 0) {
      questions.push(code`  found = ${constants.add(exact)}.get(${module.readField(field)});
  if (found !== undefined) lists[n++] = found;`);
    }
    if (walk.hasRules) {
      questions.push(code`  found = ${emitOutcome(module, field.name, walk)}.rules;
  if (found.length !== 0) lists[n++] = found;`);
    }
  }
  for (const { condition, places } of index.gates) {
    const test = module.emitBool(condition);
    questions.push(code`  if (${test}) lists[n++] = ${constants.add(places)};`);
  }
  if (index.always.length > 0) {
    questions.push(code`  lists[n++] = ${constants.add(index.always)};`);
  }
  return questions;
}

/** Emits `attempt`, which decides the rule at a place, and its twin that takes the time. */
function emitAttempts(
  module: EmitModule,
  rules: readonly EmittableRule[],
  hasLanes: boolean,
): { readonly attempt: Code; readonly attemptMeasured: Code } {
  const { constants } = module;
  const lanes = rules.map((rule) => splitLanes(rule.lanes));
  const low = constants.add(Int32Array.from(lanes, (lane) => lane.low));
  const high = constants.add(Int32Array.from(lanes, (lane) => lane.high));
  const indexes = constants.add(Int32Array.from(rules, (rule) => rule.index));
  const setters = rules.map((rule) => rule.actions.some((action) => action.kind === 'set'));
  const hasLane = hasLanes
    ? code`((low & ${low}[place]) | (high & ${high}[place])) !== 0`
    : code`true`;
  const then = setters.includes(true)
    ? code`
  if (${constants.add(Uint8Array.from(setters, Number))}[place] === 1) {
    runSetActions(${indexes}[place], e);
  }`
    : code``;
  return {
    attempt: code`function attempt(place, e, low, high, matches) {
  if (!(${hasLane} && rules[place](e))) return;
  matches.push(${indexes}[place]);${then}
}`,
    attemptMeasured: code`function attemptMeasured(place, e, low, high, matches) {
  if (!(${hasLane})) return;
  const from = meter.now();
  const accepts = rules[place](e);
  meter.addRule(${indexes}[place], meter.now() - from);
  if (!accepts) return;
  matches.push(${indexes}[place]);${then}
}`,
  };
}

/** Emits asking the index and then the rules that it gives, in their order. */
function emitWalk(
  questions: readonly Code[],
  ruleCount: number,
  { attempt, asked }: { readonly attempt: Code; readonly asked: Code },
): Code {
  const end = makeInteger(ruleCount);
  return code`  if (stamps[0] === ${makeInteger(eventNumberMax - 1)}) stamps.fill(0);
  stamps[0]++;
  let n = 0;
  let found;
${joinCode(questions, '\n')}${asked}
  if (n === 1) {
    const only = lists[0];
    for (let i = 0; i < only.length; i++) ${attempt}(only[i], e, low, high, matches);
    return;
  }
  for (let i = 0; i < n; i++) cursors[i] = 0;
  while (n !== 0) {
    let place = ${end};
    for (let i = 0; i < n; i++) {
      const list = lists[i];
      const cursor = cursors[i];
      if (cursor < list.length && list[cursor] < place) place = list[cursor];
    }
    if (place === ${end}) return;
    for (let i = 0; i < n; i++) {
      const list = lists[i];
      if (list[cursors[i]] === place) cursors[i]++;
    }
    ${attempt}(place, e, low, high, matches);
  }`;
}

/** Emits the last statement of a program: it returns the functions of an `EmittedProgram`. */
export function emitEvaluate(
  module: EmitModule,
  rules: readonly EmittableRule[],
  names: readonly Code[],
  options: { readonly index: RuleIndex; readonly hasLanes: boolean },
): Code {
  const questions = emitQuestions(module, options.index);
  const cursors = module.constants.add(new Int32Array(questions.length * 2 + 1));
  const asked = code`
  meter.addQuestions(meter.now() - begin);`;
  const plain = { attempt: code`attempt`, asked: code`` };
  const measured = { attempt: code`attemptMeasured`, asked };
  const { attempt, attemptMeasured } = emitAttempts(module, rules, options.hasLanes);
  return code`const rules = [
${joinCode(names, ', ')}
];
const lists = [];
const cursors = ${cursors};
${attempt}
function evaluate(e, low, high, matches) {
${emitWalk(questions, rules.length, plain)}
}
function measureBy(meter) {
${attemptMeasured}
return function measure(e, low, high, matches) {
  const begin = meter.now();
${emitWalk(questions, rules.length, measured)}
};
}
return { evaluate, measureBy };`;
}
