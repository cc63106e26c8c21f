// SPDX-License-Identifier: Apache-2.0
// The agent's documents as metrics. Names are part of what others build upon: they are listed in
// docs/guide/status.md, and one that changes its meaning gets another name.

import { getImbalance } from '@fimbul/probe';
import type { RulesDocument, StatusDocument } from '@fimbul/schema';
import type { Labels, MetricFamily, MetricType, Sample } from './metrics-text.ts';

const prefix = 'fimbul_';

function family(
  type: MetricType,
  name: string,
  help: string,
  samples: readonly Sample[],
): MetricFamily {
  return { name: `${prefix}${name}`, type, help, samples };
}

function one(type: MetricType, name: string, help: string, value: number): MetricFamily {
  return family(type, name, help, [{ value }]);
}

function listFunnel({ funnel }: StatusDocument): readonly MetricFamily[] {
  const outcomes = funnel.flatMap(({ kind, kernel }) => {
    const { seen: _seen, ...ends } = kernel;
    return Object.entries(ends).map(([outcome, value]) => ({
      labels: { operation: kind, outcome },
      value,
    }));
  });
  const of = (pick: (row: StatusDocument['funnel'][number]) => number | null): Sample[] =>
    funnel.flatMap((row) => {
      const value = pick(row);
      return value === null ? [] : [{ labels: { operation: row.kind }, value }];
    });
  return [
    family(
      'counter',
      'events_seen_total',
      'Events that the kernel side saw.',
      of(({ kernel }) => kernel.seen),
    ),
    family(
      'counter',
      'events_total',
      'What became of events in the kernel; the outcomes of an operation add up to those seen.',
      outcomes,
    ),
    family(
      'counter',
      'records_received_total',
      'Records that the agent took from the ring.',
      of(({ received }) => received),
    ),
    family(
      'counter',
      'events_matched_total',
      'Events that at least one rule accepted.',
      of(({ matched }) => matched),
    ),
    family(
      'gauge',
      'events_unaccounted',
      'Events seen without an outcome yet: under way, and 0 once the host is quiet.',
      of(({ kernel }) => getImbalance(kernel)),
    ),
  ];
}

function listLosses({ losses, undecodable, troubles }: StatusDocument): readonly MetricFamily[] {
  return [
    family(
      'counter',
      'lost_events_total',
      'Events known to be missing; of skipped_*, an upper bound.',
      losses.map(({ operation, reason, count }) => ({
        labels: { operation, reason },
        value: count,
      })),
    ),
    one('counter', 'records_undecodable_total', 'Records that could not be decoded.', undecodable),
    family(
      'counter',
      'events_degraded_total',
      'Events that are poorer than they should be, by what went wrong.',
      Object.entries(troubles).map(([trouble, value]) => ({ labels: { trouble }, value })),
    ),
  ];
}

function listPrograms({ programs, statistics }: StatusDocument): readonly MetricFamily[] {
  const of = (pick: (row: StatusDocument['programs'][number]) => number): Sample[] =>
    programs.map((row) => {
      const { name: program, operation, target } = row;
      const labels: Labels = { program, operation, ...(target === null ? {} : { target }) };
      return { labels, value: pick(row) };
    });
  return [
    one(
      'gauge',
      'program_statistics_on',
      '1 while the kernel counts runs of programs.',
      Number(statistics.on),
    ),
    one(
      'counter',
      'program_statistics_seconds_total',
      'For how long this agent had the kernel count runs of programs.',
      statistics.on_seconds,
    ),
    family(
      'counter',
      'program_runs_total',
      'Runs of a program, while statistics were on.',
      of(({ runs }) => runs),
    ),
    family(
      'counter',
      'program_run_seconds_total',
      'Time in a program, while statistics were on.',
      of(({ run_seconds: seconds }) => seconds),
    ),
    family(
      'counter',
      'program_skipped_runs_total',
      'Runs of a program that the kernel skipped.',
      of(({ skipped_runs: skipped }) => skipped),
    ),
  ];
}

function listReloads({ reloads }: StatusDocument): readonly MetricFamily[] {
  const { generation, reloaded, refused, unknown_generations: unknown } = reloads;
  return [
    one('gauge', 'rules_generation', 'Grows by one with each reload; starts with 1.', generation),
    family('counter', 'reloads_total', 'Reloads of the policies, by what came of them.', [
      { labels: { outcome: 'reloaded' }, value: reloaded },
      { labels: { outcome: 'refused' }, value: refused },
    ]),
    one(
      'counter',
      'records_unknown_generation_total',
      'Records of rules that are no more, judged by those that are; it stays 0.',
      unknown,
    ),
  ];
}

function listAgent({ agent, host, resources, rules }: StatusDocument): readonly MetricFamily[] {
  const { resident_bytes, proportional_bytes, cpu_user_seconds, cpu_system_seconds } = resources;
  const states = Object.entries(rules).map(([state, value]) => ({ labels: { state }, value }));
  return [
    family('gauge', 'agent_info', 'Always 1.', [
      { labels: { version: agent.version, kernel: host.kernel }, value: 1 },
    ]),
    one('gauge', 'agent_uptime_seconds', 'Since the agent was ready.', agent.uptime_seconds),
    family('gauge', 'rules', 'Rules of the policies, by what became of them.', states),
    family('counter', 'agent_cpu_seconds_total', 'Processor time of the agent.', [
      { labels: { mode: 'user' }, value: cpu_user_seconds },
      { labels: { mode: 'system' }, value: cpu_system_seconds },
    ]),
    one('gauge', 'agent_resident_bytes', 'Memory of the agent.', resident_bytes),
    family(
      'gauge',
      'agent_proportional_bytes',
      'Memory of the agent, shared pages by their share.',
      proportional_bytes === null ? [] : [{ value: proportional_bytes }],
    ),
  ];
}

function listRules({ sampling, rules }: RulesDocument): readonly MetricFamily[] {
  const of = (pick: (row: RulesDocument['rules'][number]) => number): Sample[] =>
    rules.map((row) => ({ labels: { rule: row.id, policy: row.policy }, value: pick(row) }));
  const outcomes = rules.flatMap(({ id, policy, alerts, held_back, silent }) =>
    Object.entries({ alert: alerts, held_back, silent }).map(([outcome, value]) => ({
      labels: { rule: id, policy, outcome },
      value,
    })),
  );
  return [
    family(
      'counter',
      'rule_matches_total',
      'Events that a rule accepted, by what came of it.',
      outcomes,
    ),
    one(
      'counter',
      'rule_sampling_events_total',
      'Events judged while costs of rules were sampled.',
      sampling.events,
    ),
    one(
      'counter',
      'rule_sampling_sampled_events_total',
      'Events whose costs were measured.',
      sampling.sampled_events,
    ),
    one(
      'counter',
      'rule_sampled_index_seconds_total',
      'In measured events, time to find the rules that come into question.',
      sampling.sampled_index_seconds,
    ),
    family(
      'counter',
      'rule_sampled_evaluations_total',
      'In measured events, decisions of a rule.',
      of(({ sampled_evaluations: evaluations }) => evaluations),
    ),
    family(
      'counter',
      'rule_sampled_seconds_total',
      'In measured events, time to decide a rule, in its place among the others.',
      of(({ sampled_seconds: seconds }) => seconds),
    ),
  ];
}

/** Lists everything that the documents tell. */
export function listMetrics(status: StatusDocument, rules: RulesDocument): readonly MetricFamily[] {
  return [
    ...listAgent(status),
    ...listReloads(status),
    ...listFunnel(status),
    ...listLosses(status),
    ...listPrograms(status),
    ...listRules(rules),
  ];
}
