// SPDX-License-Identifier: Apache-2.0
// What the engine tells of an event that a rule accepted, and what became of the rule's actions.

import type {
  ActionScope,
  CompiledRule,
  DueAction,
  LogAction,
  RuntimeValue,
  VariableSpec,
} from '@fimbul/rules/run';
import type { EventView } from './event-view.ts';

/** Matches of a rule that `every` held back, told by the alert that ends their period. */
export type Suppressed = {
  /** How many, apart from the one that the alert is about. */
  readonly count: number;
  /** Paths of all of them, without repetition, in the order in which they came. */
  readonly paths: readonly string[];
  /** How many had a path that is not among these. */
  readonly pathsOmitted: number;
};

/** An alert shows the newest values of a list. */
export const shownValuesMax = 100;

export const nothingSuppressed: Suppressed = { count: 0, paths: [], pathsOmitted: 0 };

/** What became of a `kill`; `refused: …` names what the kernel answered. */
export type KillStatus =
  | 'sent'
  | 'gone'
  | 'protected'
  | 'disarmed'
  | 'not allowed'
  | 'replay'
  | 'no container'
  | 'no control group'
  | `refused: ${string}`;

export type KillResult = {
  readonly type: 'kill';
  readonly signal: string;
  readonly scope: ActionScope;
  readonly status: KillStatus;
  /** Processes that were sent the signal. */
  readonly processes: number;
};

export type LogResult = {
  readonly type: 'log';
  readonly level: LogAction['level'];
  /** A byte string. */
  readonly message: string;
  readonly status: 'written' | 'left out';
};

export type ActionResult = KillResult | LogResult;

export type VariableValue = { readonly variable: VariableSpec; readonly value: RuntimeValue };

/** A rule accepted the event that the view stands at. Valid during the call only. */
export type Match = {
  readonly rule: CompiledRule;
  readonly event: EventView;
  /** Shared by all matches of one event. */
  readonly eventId: string;
  /** When it was judged, or its period closed, by a clock that never goes back. */
  readonly timeNs: bigint;
  /** `closing`: the last match of a period, told when that is over. */
  readonly outcome: 'alert' | 'held-back' | 'silent' | 'closing';
  readonly suppressed: Suppressed;
  /** What is to be done now. */
  readonly actions: readonly DueAction[];
  /** What was done for it before, when it was held back. */
  readonly results: readonly ActionResult[];
  /** Variables that alerts show, as the event left them; none for silent matches. */
  readonly variables: readonly VariableValue[];
};
