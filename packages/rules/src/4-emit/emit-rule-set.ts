// SPDX-License-Identifier: Apache-2.0
// From compiled rules to one function for each operation. Each rule is a function of its own; they
// are called in blocks, and a block is entered only when the event has one of its lanes left. So
// an event with one or two candidates costs a few integer operations beside those.

import { type EventType, type FieldSpec, fileOperations } from '@fimbul/schema';
import type { RuntimeScalar, RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import type { CompiledAction } from '../actions.ts';
import type { CompiledRule } from '../compiled-rule.ts';
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

/** The rules on one event type. */
export type EmittedProgram<Event> = {
  /** The JavaScript that was emitted. */
  readonly source: string;
  readonly ruleCount: number;
  readonly evaluate: Evaluate<Event>;
};

/** An action of a rule as functions of an event that the rule matched. */
export type EmittedAction<Event> = {
  readonly action: CompiledAction;
  readonly isWanted: (event: Event) => boolean;
  /** What `set` stores, or the bytes of the message of `log`; null for other actions. */
  readonly compute: ((event: Event) => RuntimeValue) | null;
};

export type EmittedRuleSet<Event> = {
  /** By event type; one without rules has no program. */
  readonly programs: ReadonlyMap<EventType, EmittedProgram<Event>>;
  /** By the index of the rule, in the order in which they are written. */
  readonly actions: ReadonlyMap<number, readonly EmittedAction<Event>[]>;
};

/** What emitted code asks for while it runs, beside the fields of the event. */
export type EmitRuntime<Event> = {
  /** Reads a variable; its default where it is not set. Integers are bigint. */
  readonly readVariable: (variable: VariableSpec, event: Event) => RuntimeValue;
  readonly makeUuid: () => string;
  /** Called when a rule with `set` actions has matched, before the next rule is looked at. */
  readonly runSetActions: (ruleIndex: number, event: Event) => void;
};

export type EmittableRule = Pick<
  CompiledRule,
  'index' | 'eventType' | 'lanes' | 'condition' | 'guard' | 'actions'
>;

const blockRules = 16;

const noRuntime: EmitRuntime<unknown> = {
  readVariable: ({ name }) => {
    throw new Error(`nothing keeps the variable ${name}`);
  },
  makeUuid: () => '',
  runSetActions: () => undefined,
};

/** Emits the rules of all event types. Throws when a field that a rule reads has no accessor. */
export function emitRuleSet<Event>(
  compiled: { readonly rules: readonly EmittableRule[] },
  accessors: ReadonlyMap<string, Accessor<Event>>,
  _runtime: EmitRuntime<Event> = noRuntime,
): EmittedRuleSet<Event> {
  const types = new Set(compiled.rules.map((rule) => rule.eventType));
  const programs = new Map<EventType, EmittedProgram<Event>>();
  for (const type of types) {
    const rules = compiled.rules.filter((rule) => rule.eventType === type);
    programs.set(type, emitProgram(rules, accessors));
  }
  return { programs, actions: new Map() };
}

/** The low and the high half of a lane mask, as JavaScript's bit operators see them. */
export function splitLanes(lanes: bigint): { readonly low: number; readonly high: number } {
  return {
    low: Number(BigInt.asIntN(32, lanes)),
    high: Number(BigInt.asIntN(32, lanes >> 32n)),
  };
}

function emitProgram<Event>(
  rules: readonly EmittableRule[],
  accessors: ReadonlyMap<string, Accessor<Event>>,
): EmittedProgram<Event> {
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
  return { source, ruleCount: rules.length, evaluate };
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
  const type = rules[0]?.eventType;
  const isProcess = !fileOperations.some((operation) => operation === type);
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
