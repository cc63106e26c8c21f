// SPDX-License-Identifier: Apache-2.0
// What the agent tells of itself, gathered from those who count: the kernel's counters, the engine,
// the rules, and the operating system about this process. Nothing is kept here.

import { readFileSync } from 'node:fs';
import type { Counters, Probe, ProbePlan } from '@fimbul/probe';
import type { CompiledPolicies, CompiledRule, MeterReading } from '@fimbul/rules/run';
import {
  type FunnelRow,
  type LossRow,
  operations,
  type PolicyRow,
  type ProgramRow,
  type ProgramStatistics,
  type RecordKind,
  type RuleRow,
  type RulesDocument,
  recordKinds,
  type StatusDocument,
  statusFormat,
} from '@fimbul/schema';
import type { EngineCounters, MatchCounters } from '../engine/engine.ts';

/** What does not change while the agent runs. */
export type AgentFacts = {
  readonly agent: Omit<StatusDocument['agent'], 'uptime_seconds'>;
  readonly host: StatusDocument['host'];
  readonly degradations: readonly string[];
};

export type StatusParts = AgentFacts & {
  readonly policies: readonly PolicyRow[];
  readonly reloads: StatusDocument['reloads'];
  readonly clockSeconds: number;
  readonly uptimeSeconds: number;
  readonly cpuStartingSeconds: number;
  readonly plan: ProbePlan;
  readonly compiled: CompiledPolicies;
  readonly kernel: Counters;
  readonly engine: EngineCounters;
  readonly matchedEvents: Readonly<Partial<Record<RecordKind, number>>>;
  readonly losses: readonly LossRow[];
  readonly statistics: ProgramStatistics;
  readonly programs: readonly ProgramRow[];
};

function isOperation(kind: RecordKind): boolean {
  return operations.some((operation) => operation === kind);
}

function listFunnel({ plan, kernel, engine, matchedEvents }: StatusParts): readonly FunnelRow[] {
  const backends = new Map<string, string | null>(
    plan.operations.map(({ operation, backend }) => [operation, backend]),
  );
  return recordKinds.map((kind) => ({
    kind,
    backend: backends.get(kind) ?? null,
    kernel: kernel.kinds[kind],
    received: engine.received[kind],
    matched: isOperation(kind) ? (matchedEvents[kind] ?? 0) : null,
  }));
}

/** What the kernel says of our pages, or null where it does not. */
function readProportionalBytes(): number | null {
  try {
    const text = readFileSync('/proc/self/smaps_rollup', 'latin1');
    const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

/** Processor time of this process, in seconds. */
export function readCpu(): { readonly user: number; readonly system: number } {
  const { user, system } = process.cpuUsage();
  return { user: user / 1e6, system: system / 1e6 };
}

function readResources(startingSeconds: number): StatusDocument['resources'] {
  const { user, system } = readCpu();
  return {
    resident_bytes: process.memoryUsage.rss(),
    proportional_bytes: readProportionalBytes(),
    cpu_user_seconds: user,
    cpu_system_seconds: system,
    cpu_starting_seconds: startingSeconds,
  };
}

/** Lists what the kernel counted of each attached program. */
export function listPrograms(
  probe: Pick<Probe, 'plan' | 'programs' | 'readProgramStats'>,
  { skippedRuns }: Counters,
): readonly ProgramRow[] {
  return probe.programs.flatMap((name) => {
    const stats = probe.readProgramStats(name);
    if (stats === null) return [];
    const places = probe.plan.programs.filter((planned) => planned.name === name);
    const targets = places.flatMap(({ target }) => (target === null ? [] : [target]));
    return {
      name,
      operation: places[0]?.operation ?? 'any',
      target: targets.length === 0 ? null : targets.join(' '),
      runs: Number(stats.runCount),
      run_seconds: Number(stats.runTimeNs) / 1e9,
      skipped_runs: skippedRuns[name] ?? 0,
    };
  });
}

export function makeStatusDocument(parts: StatusParts): StatusDocument {
  const { compiled, plan, kernel, engine } = parts;
  const { agent, host, policies, degradations, losses, statistics, programs } = parts;
  return {
    format: statusFormat,
    clock_seconds: parts.clockSeconds,
    agent: { ...agent, uptime_seconds: parts.uptimeSeconds },
    host,
    policies,
    reloads: parts.reloads,
    rules: {
      loaded: compiled.ruleCount,
      broken: compiled.skippedCount,
      not_applicable: compiled.notApplicableCount,
      disabled: compiled.disabledCount,
      for_other_hosts: compiled.filteredCount,
    },
    operations: plan.operations.map(({ operation, backend, reason }) => ({
      ...{ operation, backend, reason },
    })),
    degradations,
    funnel: listFunnel(parts),
    losses,
    undecodable: engine.undecodable,
    troubles: kernel.troubles,
    resources: readResources(parts.cpuStartingSeconds),
    statistics,
    programs,
  };
}

export type RulesParts = {
  readonly clockSeconds: number;
  readonly isSampling: boolean;
  readonly oneIn: number;
  readonly rules: readonly CompiledRule[];
  readonly matches: MatchCounters;
  /** Null when nobody ever watched. */
  readonly reading: MeterReading | null;
};

function makeRuleRow(siblings: readonly CompiledRule[], parts: RulesParts): RuleRow {
  const sum = (pick: (index: number) => number | undefined): number =>
    siblings.reduce((total, { index }) => total + (pick(index) ?? 0), 0);
  const { matches, reading } = parts;
  return {
    id: siblings[0]?.id ?? '',
    policy: siblings[0]?.policy ?? '',
    event_types: [...new Set(siblings.map(({ eventType }) => eventType))],
    matches: sum((index) => matches.rules[index]?.matches),
    alerts: sum((index) => matches.rules[index]?.alerts),
    held_back: sum((index) => matches.rules[index]?.heldBack),
    silent: sum((index) => matches.rules[index]?.silent),
    sampled_evaluations: sum((index) => reading?.rules[index]?.evaluations),
    sampled_seconds: sum((index) => reading?.rules[index]?.milliseconds) / 1e3,
  };
}

export function makeRulesDocument(parts: RulesParts): RulesDocument {
  const { clockSeconds, isSampling, oneIn, rules, reading } = parts;
  const groups = Map.groupBy(rules, ({ group }) => group);
  return {
    format: statusFormat,
    clock_seconds: clockSeconds,
    sampling: {
      on: isSampling,
      one_in: oneIn,
      events: reading?.events ?? 0,
      sampled_events: reading?.measuredEvents ?? 0,
      sampled_index_seconds: (reading?.indexMilliseconds ?? 0) / 1e3,
      clock_seconds_each: (reading?.clockMilliseconds ?? 0) / 1e3,
    },
    rules: [...groups.values()].map((siblings) => makeRuleRow(siblings, parts)),
  };
}
