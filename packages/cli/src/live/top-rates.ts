// SPDX-License-Identifier: Apache-2.0
// What happened between two looks at an agent, per second: the funnel, the programs of the kernel
// side, the rules. This is what `fimbul top --json` writes, one object a line.

import type { RulesDocument, StatusDocument } from '@fimbul/schema';
import { addFunnels, type Funnel, subtractFunnel, sumFunnel } from './funnel-sums.ts';

export type Look = { readonly status: StatusDocument; readonly rules: RulesDocument };

export type FunnelRate = { readonly operation: string } & {
  readonly [Name in keyof Funnel as `${Name}_per_second`]: Funnel[Name];
};

export type ProgramRate = {
  readonly program: string;
  readonly operation: string;
  /** Of one CPU; several CPUs may make more than one. */
  readonly cpu_share: number;
  readonly runs_per_second: number;
  readonly seconds_per_run: number;
  /** Since the start. */
  readonly skipped_runs: number;
};

/** Costs are estimates from a sample; matches are exact. */
export type RuleRate = {
  readonly rule: string;
  readonly policy: string;
  readonly cpu_share: number;
  readonly evaluations_per_second: number;
  readonly seconds_per_evaluation: number;
  readonly matches_per_second: number;
};

export type TopDocument = {
  /** RFC 3339. */
  readonly time: string;
  readonly window_seconds: number;
  readonly events: readonly FunnelRate[];
  readonly programs: readonly ProgramRate[];
  /** The window that rules are told for, which is longer, and what was measured in it. */
  readonly sampling: {
    readonly window_seconds: number;
    readonly one_in: number;
    readonly events: number;
    readonly sampled_events: number;
    /** Finding the rules that come into question, for all of them. */
    readonly index_cpu_share: number;
  };
  readonly rules: readonly RuleRate[];
  readonly agent: {
    readonly cpu_share: number;
    readonly resident_bytes: number;
  };
};

function divide(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function toRate(operation: string, funnel: Funnel, seconds: number): FunnelRate {
  // An event may be between two counters just when one of two looks is taken.
  const rate = (count: number): number => Math.max(0, divide(count, seconds));
  return {
    operation,
    seen_per_second: rate(funnel.seen),
    approvers_per_second: rate(funnel.approvers),
    discarders_per_second: rate(funnel.discarders),
    ignored_per_second: rate(funnel.ignored),
    sent_per_second: rate(funnel.sent),
    lost_per_second: rate(funnel.lost),
    matched_per_second: funnel.matched === null ? null : rate(funnel.matched),
  };
}

function rateEvents(older: StatusDocument, newer: StatusDocument): readonly FunnelRate[] {
  const seconds = newer.clock_seconds - older.clock_seconds;
  const before = new Map(older.funnel.map((row) => [row.kind, sumFunnel(row)]));
  const funnels = newer.funnel.map((row) => {
    const sums = sumFunnel(row);
    const start = before.get(row.kind);
    return { kind: row.kind, funnel: start ? subtractFunnel(sums, start) : sums };
  });
  const all = addFunnels(funnels.map(({ funnel }) => funnel));
  return [
    ...funnels.map(({ kind, funnel }) => toRate(kind, funnel, seconds)),
    toRate('all', all, seconds),
  ];
}

/** Rates of programs, the dearest first. */
export function ratePrograms(older: StatusDocument, newer: StatusDocument): ProgramRate[] {
  const elapsed = newer.clock_seconds - older.clock_seconds;
  const before = new Map(older.programs.map((row) => [row.name, row]));
  return newer.programs
    .map((row) => {
      const runs = row.runs - (before.get(row.name)?.runs ?? 0);
      const seconds = row.run_seconds - (before.get(row.name)?.run_seconds ?? 0);
      return {
        program: row.name,
        operation: row.operation,
        cpu_share: divide(seconds, elapsed),
        runs_per_second: divide(runs, elapsed),
        seconds_per_run: divide(seconds, runs),
        skipped_runs: row.skipped_runs,
      };
    })
    .toSorted((left, right) => right.cpu_share - left.cpu_share);
}

function rateRules(older: RulesDocument, newer: RulesDocument): readonly RuleRate[] {
  const elapsed = newer.clock_seconds - older.clock_seconds;
  const events = newer.sampling.events - older.sampling.events;
  const sampled = newer.sampling.sampled_events - older.sampling.sampled_events;
  const eventsEach = divide(events, sampled);
  return newer.rules
    .map((row, place) => {
      const start = older.rules[place];
      const evaluations = row.sampled_evaluations - (start?.sampled_evaluations ?? 0);
      const seconds = row.sampled_seconds - (start?.sampled_seconds ?? 0);
      return {
        rule: row.id,
        policy: row.policy,
        cpu_share: divide(seconds * eventsEach, elapsed),
        evaluations_per_second: divide(evaluations * eventsEach, elapsed),
        seconds_per_evaluation: divide(seconds, evaluations),
        matches_per_second: divide(row.matches - (start?.matches ?? 0), elapsed),
      };
    })
    .toSorted((left, right) => right.cpu_share - left.cpu_share);
}

function rateSampling(older: RulesDocument, newer: RulesDocument): TopDocument['sampling'] {
  const elapsed = newer.clock_seconds - older.clock_seconds;
  const events = newer.sampling.events - older.sampling.events;
  const sampled = newer.sampling.sampled_events - older.sampling.sampled_events;
  const index = newer.sampling.sampled_index_seconds - older.sampling.sampled_index_seconds;
  return {
    window_seconds: elapsed,
    one_in: newer.sampling.one_in,
    events,
    sampled_events: sampled,
    index_cpu_share: divide(index * divide(events, sampled), elapsed),
  };
}

function getCpu({ resources }: StatusDocument): number {
  return resources.cpu_user_seconds + resources.cpu_system_seconds;
}

/** Compares the newest look with the one before it, and for rules with an earlier one. */
export function rateLooks(
  { newest, previous, earliest }: Readonly<Record<'newest' | 'previous' | 'earliest', Look>>,
  time: string,
): TopDocument {
  const elapsed = newest.status.clock_seconds - previous.status.clock_seconds;
  return {
    time,
    window_seconds: elapsed,
    events: rateEvents(previous.status, newest.status),
    programs: ratePrograms(previous.status, newest.status),
    sampling: rateSampling(earliest.rules, newest.rules),
    rules: rateRules(earliest.rules, newest.rules),
    agent: {
      cpu_share: divide(getCpu(newest.status) - getCpu(previous.status), elapsed),
      resident_bytes: newest.status.resources.resident_bytes,
    },
  };
}
