// SPDX-License-Identifier: Apache-2.0
// Documents of an agent for tests: a quiet one, unless a test says otherwise.

import {
  counterNames,
  type RuleRow,
  type RulesDocument,
  recordKinds,
  type StatusDocument,
  statusFormat,
  troubleNames,
} from '@fimbul/schema';

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

type Kernel = StatusDocument['funnel'][number]['kernel'];

/** A funnel in which opens have these counters. */
export function makeFunnel(open: Partial<Kernel>, matched = 0): StatusDocument['funnel'] {
  return recordKinds.map((kind) => ({
    kind,
    backend: kind === 'cgroup' ? null : 'tracepoint',
    kernel: { ...zeros(counterNames), ...(kind === 'open' ? open : {}) },
    received: kind === 'open' ? (open.sent ?? 0) : 0,
    matched: kind === 'cgroup' || kind === 'fork' ? null : kind === 'open' ? matched : 0,
  }));
}

export function makeStatus(changes: Partial<StatusDocument> = {}): StatusDocument {
  return {
    format: statusFormat,
    clock_seconds: 100,
    agent: { version: '1.2.3', pid: 42, started: '2026-01-01T00:00:00Z', uptime_seconds: 90 },
    host: { hostname: 'host', kernel: '6.12.0' },
    policies: [{ path: '/etc/a.policy', rules: 2, errors: 0, warnings: 0 }],
    reloads: { generation: 1, reloaded: 0, refused: 0, unknown_generations: 0 },
    rules: { loaded: 2, broken: 0, not_applicable: 0, disabled: 0, for_other_hosts: 0 },
    operations: [{ operation: 'open', backend: 'tracepoint', reason: '' }],
    degradations: [],
    funnel: makeFunnel({}),
    losses: [],
    undecodable: 0,
    troubles: zeros(troubleNames),
    resources: {
      resident_bytes: 100 * 1024 * 1024,
      proportional_bytes: 80 * 1024 * 1024,
      cpu_user_seconds: 2,
      cpu_system_seconds: 1,
      cpu_starting_seconds: 2.1,
    },
    statistics: { on: false, on_seconds: 0, refusal: null },
    programs: [],
    ...changes,
  };
}

export function makeRuleRow(changes: Partial<RuleRow> = {}): RuleRow {
  return {
    ...{ id: 'a', policy: '/etc/a.policy', event_types: ['open'] },
    ...{ matches: 0, alerts: 0, held_back: 0, silent: 0 },
    ...{ sampled_evaluations: 0, sampled_seconds: 0 },
    ...changes,
  };
}

export function makeRules(
  rules: readonly RuleRow[],
  sampling: Partial<RulesDocument['sampling']> = {},
  clockSeconds = 100,
): RulesDocument {
  return {
    format: statusFormat,
    clock_seconds: clockSeconds,
    sampling: {
      ...{ on: true, one_in: 8, events: 0, sampled_events: 0 },
      ...{ sampled_index_seconds: 0, clock_seconds_each: 0 },
      ...sampling,
    },
    rules,
  };
}
