// SPDX-License-Identifier: Apache-2.0
// From compiled rules to one function for each operation. Each rule is a function of its own; they
// are called in blocks, and a block is entered only when the event has one of its lanes left. So
// an event with one or two candidates costs a few integer operations beside those.

import { type FieldSpec, type Operation, operations } from '@fimbul/schema';
import type { BoolNode, RuntimeScalar } from '../2-check/typed.ts';
import {
  type Code,
  type Constants,
  code,
  createConstants,
  joinCode,
  makeInteger,
  makeName,
} from './code.ts';
import { emitRule } from './emit-condition.ts';
import type { EmitModule } from './scope.ts';

/**
 * Reads a field of an event: a byte string, a boolean, or an integer, which is a number where the
 * bounds of the field fit into ±(2^53 - 1) and a bigint otherwise; list fields give an array, and
 * fields of an iterator an array with the value of each element. The length of an iterator has an
 * accessor of its own: `process.ancestors.length`.
 */
export type Accessor<Event> = (event: Event) => FieldValue;

export type ScalarValue = RuntimeScalar;
export type FieldValue = ScalarValue | readonly (ScalarValue | readonly ScalarValue[])[];

/**
 * Pushes the indexes of the rules that match, in load order. `laneLow` and `laneHigh` are bits
 * 0–31 and 32–63 of the event's lanes; only rules with a lane among them are evaluated. Process
 * events have no lanes: all their rules are evaluated.
 */
export type Evaluate<Event> = (
  event: Event,
  laneLow: number,
  laneHigh: number,
  matches: number[],
) => void;

export type EmittedOperation<Event> = {
  readonly operation: Operation;
  /** The JavaScript that was emitted. */
  readonly source: string;
  readonly ruleCount: number;
  readonly evaluate: Evaluate<Event>;
};

export type EmittedRuleSet<Event> = Readonly<Record<Operation, EmittedOperation<Event>>>;

export type EmittableRule = {
  readonly index: number;
  readonly operation: Operation;
  readonly lanes: bigint;
  readonly condition: BoolNode;
  readonly guard: BoolNode | null;
};

const blockRules = 16;

/** Emits the rules of all operations. Throws when a field that a rule reads has no accessor. */
export function emitRuleSet<Event>(
  compiled: { readonly rules: readonly EmittableRule[] },
  accessors: ReadonlyMap<string, Accessor<Event>>,
): EmittedRuleSet<Event> {
  const entries = operations.map((operation) => {
    const rules = compiled.rules.filter((rule) => rule.operation === operation);
    return [operation, emitOperation(operation, rules, accessors)] as const;
  });
  // The entries have exactly the operations as keys.
  return Object.fromEntries(entries) as unknown as EmittedRuleSet<Event>;
}

/** The low and the high half of a lane mask, as JavaScript's bit operators see them. */
export function splitLanes(lanes: bigint): { readonly low: number; readonly high: number } {
  return {
    low: Number(BigInt.asIntN(32, lanes)),
    high: Number(BigInt.asIntN(32, lanes >> 32n)),
  };
}

function emitOperation<Event>(
  operation: Operation,
  rules: readonly EmittableRule[],
  accessors: ReadonlyMap<string, Accessor<Event>>,
): EmittedOperation<Event> {
  const constants = createConstants();
  const used: { readonly accessors: Accessor<Event>[]; readonly names: Map<string, Code> } = {
    accessors: [],
    names: new Map(),
  };
  const getAccessor = ({ name }: Pick<FieldSpec, 'name'>): Code => {
    const known = used.names.get(name);
    if (known) return known;
    const accessor = accessors.get(name);
    if (!accessor) throw new Error(`no accessor reads the field ${name}: add one to the map`);
    const variable = makeName('a', used.accessors.push(accessor) - 1);
    used.names.set(name, variable);
    return variable;
  };
  const module: EmitModule = { constants, getAccessor, quantifiers: [] };
  const functions = rules.map((rule) => {
    const parts = rule.guard === null ? [rule.condition] : [rule.condition, rule.guard];
    return emitRule(module, makeName('r', rule.index), parts);
  });
  const main = emitBlocks(rules);
  const body = [...module.quantifiers, ...functions, ...main];
  const source = joinCode([...declare(constants, used.accessors.length), ...body], '\n').text;
  // The source is made of our own templates, names and integers: see code.ts.
  const build = new Function('constants', 'accessors', source);
  const evaluate = build(constants.values, used.accessors) as Evaluate<Event>;
  return { operation, source, ruleCount: rules.length, evaluate };
}

function declare(constants: Constants, accessorCount: number): Code[] {
  return [
    code`"use strict";`,
    ...constants.values.map(
      (_, index) => code`const ${makeName('k', index)} = constants[${makeInteger(index)}];`,
    ),
    ...Array.from(
      { length: accessorCount },
      (_, index) => code`const ${makeName('a', index)} = accessors[${makeInteger(index)}];`,
    ),
  ];
}

/** Emits the test whether an event has one of these lanes; null where there is nothing to test. */
function emitLaneTest(lanes: bigint): Code | null {
  const { low, high } = splitLanes(lanes);
  if (low !== 0 && high !== 0) {
    return code`(low & ${makeInteger(low)} | high & ${makeInteger(high)}) !== 0`;
  }
  if (low !== 0) return code`(low & ${makeInteger(low)}) !== 0`;
  return high === 0 ? null : code`(high & ${makeInteger(high)}) !== 0`;
}

function emitBlocks(rules: readonly EmittableRule[]): Code[] {
  const isProcess = rules[0]?.operation === 'exec' || rules[0]?.operation === 'exit';
  // A rule of a file operation without lanes can never match.
  const live = isProcess ? rules : rules.filter((rule) => rule.lanes !== 0n);
  const blocks: Code[] = [];
  const calls: Code[] = [];
  for (let at = 0; at < live.length; at += blockRules) {
    const part = live.slice(at, at + blockRules);
    const name = makeName('b', blocks.length);
    const lanes = part.reduce((mask, rule) => mask | rule.lanes, 0n);
    const test = isProcess ? null : emitLaneTest(lanes);
    const call = code`${name}(e, low, high, matches);`;
    calls.push(test ? code`  if (${test}) ${call}` : code`  ${call}`);
    const lines = part.map((rule) => emitCall(rule, isProcess));
    blocks.push(code`function ${name}(e, low, high, matches) {
${joinCode(lines, '\n')}
}`);
  }
  const main = code`return function evaluate(e, low, high, matches) {
${joinCode(calls, '\n')}
};`;
  return [...blocks, main];
}

function emitCall(rule: EmittableRule, isProcess: boolean): Code {
  const index = makeInteger(rule.index);
  const matches = code`${makeName('r', rule.index)}(e)`;
  const test = isProcess ? null : emitLaneTest(rule.lanes);
  const condition = test ? code`${test} && ${matches}` : matches;
  return code`  if (${condition}) matches.push(${index});`;
}
