// SPDX-License-Identifier: Apache-2.0
// What the evaluation of an event gives.

import type { HashAction, KillAction, LogAction } from '../actions.ts';
import type { CompiledRule } from '../compiled-rule.ts';

/** An action to be done by the host; its filter has held. `set` was done already. */
export type DueAction =
  | { readonly kind: 'kill'; readonly action: KillAction }
  | { readonly kind: 'hash'; readonly action: HashAction }
  /** The message with its values in it, as a byte string. */
  | { readonly kind: 'log'; readonly action: LogAction; readonly message: string };

export type RuleMatch = {
  readonly rule: CompiledRule;
  /** `alert`: to be reported; `held-back`: by `every`; `silent`: by the rule's own will. */
  readonly outcome: 'alert' | 'held-back' | 'silent';
  /** Periods of its rule that this match ended, which are to be told before it. */
  readonly closed: readonly ClosedPeriod[];
  /**
   * Of a rule with `every`: which of its periods it is about, so that what was kept of matches held
   * back can be found by the alert that tells of them. Null for other rules, and for silent ones.
   */
  readonly limiterKey: string | null;
  /** For held-back matches only those that run at every match. */
  readonly actions: readonly DueAction[];
  /** Of a held-back match: what is due besides where it is told. */
  readonly deferred: readonly DueAction[];
};

/** A period of `every` that ended with matches held back in it. */
export type ClosedPeriod = {
  /** What `nameLimit` makes of its rule, which may be no more. */
  readonly limit: string;
  readonly limiterKey: string;
  /** Matches that were held back in it. */
  readonly suppressed: number;
};
