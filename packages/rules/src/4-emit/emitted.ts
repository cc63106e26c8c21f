// SPDX-License-Identifier: Apache-2.0
// What emitted code is given and what it gives: the contract with those who run rules.

import type { EventType } from '@fimbul/schema';
import type { RuntimeScalar, RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import type { CompiledAction } from '../actions.ts';
import type { CompiledRule } from '../compiled-rule.ts';

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

/** Is told what the steps of an evaluation took, in milliseconds of the clock that it reads. */
export type EvaluationMeter = {
  readonly now: () => number;
  /** The index was asked for the rules that come into question. */
  readonly addQuestions: (elapsedMs: number) => void;
  /** The rule with this index was decided. */
  readonly addRule: (ruleIndex: number, elapsedMs: number) => void;
};

/** The rules on one event type. */
export type EmittedProgram<Event> = {
  /** The JavaScript that was emitted. */
  readonly source: string;
  readonly ruleCount: number;
  readonly evaluate: Evaluate<Event>;
  /** Makes a twin of `evaluate` that tells the meter what its steps took. */
  readonly measureBy: (meter: EvaluationMeter) => Evaluate<Event>;
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
  /** True where a list that is read as above has a value. */
  readonly hasValue: (variable: VariableSpec, value: string | bigint, event: Event) => boolean;
  readonly makeUuid: () => string;
  /** Called when a rule with `set` actions has matched, before the next rule is looked at. */
  readonly runSetActions: (ruleIndex: number, event: Event) => void;
};

export type EmittableRule = Pick<
  CompiledRule,
  'index' | 'eventType' | 'lanes' | 'condition' | 'guard' | 'actions'
>;

function failWithoutVariables({ name }: VariableSpec): never {
  throw new Error(`nothing keeps the variable ${name}`);
}

/** For code in which nothing asks for variables. */
export const noRuntime: EmitRuntime<unknown> = {
  readVariable: failWithoutVariables,
  hasValue: failWithoutVariables,
  makeUuid: () => '',
  runSetActions: () => undefined,
};

/** The low and the high half of a lane mask, as JavaScript's bit operators see them. */
export function splitLanes(lanes: bigint): { readonly low: number; readonly high: number } {
  return {
    low: Number(BigInt.asIntN(32, lanes)),
    high: Number(BigInt.asIntN(32, lanes >> 32n)),
  };
}
