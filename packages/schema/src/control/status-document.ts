// SPDX-License-Identifier: Apache-2.0
// What a running agent tells of itself at its control socket: `GET /v1/status`. Counters begin with
// the agent and only grow, so that whoever wants a rate compares two documents. Names are those of
// the metrics and of `--json`; `format` changes when a reader of the old one would be misled.

import type { CounterName, RecordKind, TroubleName } from '../kernel/enums.ts';

export const statusFormat = 1;

/** What became of the events of one kind, from the kernel to the rules. */
export type FunnelRow = {
  readonly kind: RecordKind;
  readonly backend: string | null;
  /** The kernel's counters: `seen` is the sum of the others once the host is quiet. */
  readonly kernel: Readonly<Record<CounterName, number>>;
  /** Records that the agent took from the ring. */
  readonly received: number;
  /** Events that some rule accepted; null for kinds that no rule is about. */
  readonly matched: number | null;
};

export type LossRow = {
  /** A record kind, or `any` where the kernel cannot tell which. */
  readonly operation: string;
  readonly reason: string;
  readonly count: number;
  /** When it was noticed last, as RFC 3339. */
  readonly last: string;
};

export type ProgramRow = {
  readonly name: string;
  /** What it serves; a program at the end of all system calls serves several. */
  readonly operation: string;
  /** The kernel function it is attached to, where the program alone does not say. */
  readonly target: string | null;
  /** Counted by the kernel, and only while statistics are on. */
  readonly runs: number;
  readonly run_seconds: number;
  /** Runs that the kernel skipped; counted always. */
  readonly skipped_runs: number;
};

export type ProgramStatistics = {
  /** Whether the kernel counts runs at the moment. */
  readonly on: boolean;
  /** For how long this agent had them on, in all. */
  readonly on_seconds: number;
  /** Why they could not be put on; null when they could. */
  readonly refusal: string | null;
};

export type PolicyRow = {
  readonly path: string;
  readonly rules: number;
  readonly errors: number;
  readonly warnings: number;
};

export type StatusDocument = {
  readonly format: typeof statusFormat;
  /** When it was made, in seconds of a clock that never goes back; for differences only. */
  readonly clock_seconds: number;
  readonly agent: {
    readonly version: string;
    readonly pid: number;
    /** RFC 3339. */
    readonly started: string;
    readonly uptime_seconds: number;
  };
  readonly host: { readonly hostname: string; readonly kernel: string };
  readonly policies: readonly PolicyRow[];
  readonly reloads: {
    /** What the filter of the rules that judge marks records with; it starts with 1. */
    readonly generation: number;
    readonly reloaded: number;
    /** Those that changed nothing, because of what was wrong with the policies. */
    readonly refused: number;
    /** Records of rules that are no more, judged by those that are: none, unless it is a bug. */
    readonly unknown_generations: number;
  };
  readonly rules: {
    readonly loaded: number;
    /** Left out because of an error. */
    readonly broken: number;
    readonly not_applicable: number;
    readonly disabled: number;
    readonly for_other_hosts: number;
  };
  readonly operations: readonly {
    readonly operation: string;
    readonly backend: string | null;
    readonly reason: string;
  }[];
  /** What does not work as it should, in words. */
  readonly degradations: readonly string[];
  readonly funnel: readonly FunnelRow[];
  readonly losses: readonly LossRow[];
  /** Records that could not be decoded. */
  readonly undecodable: number;
  /** What made events poorer without losing them. */
  readonly troubles: Readonly<Record<TroubleName, number>>;
  readonly resources: {
    readonly resident_bytes: number;
    /** Pages shared with other processes count by their share; null where it is not told. */
    readonly proportional_bytes: number | null;
    readonly cpu_user_seconds: number;
    readonly cpu_system_seconds: number;
    /** Of both together, what was needed until the agent was ready. */
    readonly cpu_starting_seconds: number;
  };
  readonly statistics: ProgramStatistics;
  readonly programs: readonly ProgramRow[];
};
