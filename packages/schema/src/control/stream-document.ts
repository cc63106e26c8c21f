// SPDX-License-Identifier: Apache-2.0
// What of the running agent's stream is sent because of which rule, told at the control socket:
// `GET /v1/stream`. All numbers grow; two answers of one generation make a difference. Records are
// held against the filter only while somebody watches (`?watch=stream`).

import type { RuleShare, StreamRow } from './explain-document.ts';
import type { statusFormat } from './status-document.ts';

export type StreamRuleRow = {
  /** As its author wrote it. Rules on processes alone have no row. */
  readonly id: string;
  readonly policy: string;
} & Omit<RuleShare, 'share'>;

export type StreamDocument = {
  readonly format: typeof statusFormat;
  /** When it was made, in seconds of a clock that never goes back; for differences only. */
  readonly clock_seconds: number;
  /** When the agent started: another one counts from the beginning. */
  readonly agent_started: string;
  /** Of the rules: others are counted from the beginning. */
  readonly generation: number;
  /** Records that were held against the filter, and events that they stand for. */
  readonly looked_at: number;
  readonly counted: number;
  /** What the kernel saw, and what came from it, since the start of the agent. */
  readonly stream: readonly StreamRow[];
  readonly rules: readonly StreamRuleRow[];
};

/** What `fimbul rules explain --live --json` writes. */
export type LiveExplainDocument = {
  readonly format: 1;
  readonly seconds: number;
  readonly looked_at: number;
  readonly counted: number;
  readonly stream: readonly StreamRow[];
  readonly rules: readonly {
    readonly id: string;
    readonly policy: string;
    readonly stream: RuleShare;
  }[];
};
