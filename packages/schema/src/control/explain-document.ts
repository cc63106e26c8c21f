// SPDX-License-Identifier: Apache-2.0
// What `fimbul rules explain --json` writes: for each rule what the kernel decides of it, and what
// that lets through of a stream. `format` changes when a reader of the old one would be misled.

import type { Operation } from '../event/operations.ts';

export type ExplainedPredicate = {
  /** As it is written. */
  readonly text: string;
  /** True when the rule needs the opposite of what is written. */
  readonly negated: boolean;
  /** `both`: the kernel refuses some events, user space decides about the others. */
  readonly decided_by: 'kernel' | 'both' | 'user space';
  /** The kernel's table; null where none helps. */
  readonly table: string | null;
  /** Why user space has a say; null when it has none. */
  readonly reason: string | null;
  /** How to rewrite it so that the kernel can help; null when there is no way. */
  readonly advice: string | null;
};

export type ExplainedLane = {
  /** Bit of the lane in the masks of the operation. */
  readonly lane: number;
  /** How many other rules share the lane: it lets pass what any of them may match. */
  readonly shared: number;
  /** Tables that let only values pass that rules list; none where most events pass. */
  readonly selected_by: readonly string[];
};

/** A rule as it is about one operation: a rule on `fim.write.file` is about several. */
export type ExplainedOperation = {
  readonly operation: string;
  /** False for events on processes, which the kernel sends all. */
  readonly is_filtered: boolean;
  /** True when every lane is selected by something. */
  readonly is_selective: boolean;
  readonly lanes: readonly ExplainedLane[];
  readonly predicates: readonly ExplainedPredicate[];
  /** How to make it selective; null where it is, or cannot be. */
  readonly advice: string | null;
};

/** What of a stream reaches user space because of a rule. */
export type RuleShare = {
  /** Events that a lane of the rule lets through. Each counts for all rules that share the lane. */
  readonly sent: number;
  /** Those of them that no other rule lets through: without the rule they would be dropped. */
  readonly sent_alone: number;
  /** `sent`, of all events of files that are sent; null where none is. */
  readonly share: number | null;
  readonly matches: number;
};

export type ExplainedRule = {
  readonly id: string;
  readonly policy: string;
  readonly operations: readonly ExplainedOperation[];
  /** Null without a stream, and for rules on processes alone. */
  readonly stream: RuleShare | null;
};

export type StreamRow = {
  readonly operation: Operation;
  /** Events of the stream. */
  readonly seen: number;
  /** Those that the filter of these policies lets through. */
  readonly sent: number;
};

export type ExplainDocument = {
  readonly format: 1;
  /** Null where nobody named a stream. */
  readonly stream: readonly StreamRow[] | null;
  readonly rules: readonly ExplainedRule[];
};
