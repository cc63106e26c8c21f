// SPDX-License-Identifier: Apache-2.0
// What rules did and what they cost, told at the control socket: `GET /v1/rules`. Matches are exact
// and counted always. Costs come from a sample of the events and only while somebody watches.

import type { statusFormat } from './status-document.ts';

export type RuleRow = {
  /** As its author wrote it: siblings that a rule stands for are one row. */
  readonly id: string;
  readonly policy: string;
  readonly event_types: readonly string[];
  readonly matches: number;
  readonly alerts: number;
  /** Matches that `every` held back. */
  readonly held_back: number;
  readonly silent: number;
  /** Of the sample: how often it was decided, and what that took in its place among the others. */
  readonly sampled_evaluations: number;
  readonly sampled_seconds: number;
};

export type RuleSampling = {
  readonly on: boolean;
  /** One event in so many is measured, on average. */
  readonly one_in: number;
  /** Events judged while it was on, and those that were measured. */
  readonly events: number;
  readonly sampled_events: number;
  /** Of the sample: finding the rules that come into question. */
  readonly sampled_index_seconds: number;
  /** What a look at the clock takes, which no time holds any more. */
  readonly clock_seconds_each: number;
};

export type RulesDocument = {
  readonly format: typeof statusFormat;
  /** When it was made, in seconds of a clock that never goes back; for differences only. */
  readonly clock_seconds: number;
  readonly sampling: RuleSampling;
  readonly rules: readonly RuleRow[];
};
