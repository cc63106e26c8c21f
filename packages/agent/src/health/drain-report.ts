// SPDX-License-Identifier: Apache-2.0
// The counters at the end of a run, for stderr: one line for each operation, the balance of each,
// what the rules made of them, and what had to be left out for want of room or knowledge.

import { type Counters, getImbalance } from '@fimbul/probe';
import type { CompiledRule } from '@fimbul/rules/run';
import { recordKinds } from '@fimbul/schema';
import type { ActionCounters } from '../actions/action-runner.ts';
import type { ProcessCacheCounters } from '../context/process-cache.ts';
import type { EngineCounters, MatchCounters } from '../engine/engine.ts';

/** What judging records counted. */
export type JudgementCounters = {
  readonly rules: readonly Pick<CompiledRule, 'id' | 'index' | 'group'>[];
  readonly matches: MatchCounters;
  readonly actions: ActionCounters;
  readonly processes: ProcessCacheCounters;
};

export type DrainCounters = {
  readonly kernel: Counters;
  readonly engine: EngineCounters;
  /** Null where records were taken and not judged. */
  readonly judgement: JudgementCounters | null;
};

function formatNonZero(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** A line, unless all its values are zero. */
function formatLine(title: string, values: Readonly<Record<string, number>>): string[] {
  const text = formatNonZero(values);
  return text === '' ? [] : [`  ${title}: ${text}`];
}

function formatKinds(kernel: Counters, { received }: EngineCounters): string[] {
  return recordKinds.flatMap((kind) => {
    const counters = kernel.kinds[kind];
    if (counters.seen === 0) return [];
    const missing = getImbalance(counters) + (counters.sent - received[kind]);
    const balance = missing === 0 ? 'balanced' : `OUT OF BALANCE by ${missing}`;
    return [`  ${kind}: ${formatNonZero(counters)} received=${received[kind]} (${balance})`];
  });
}

/** One line for each rule as its author wrote it, whatever siblings stand for it. */
function formatRules({ rules, matches }: JudgementCounters): string[] {
  const groups = Map.groupBy(rules, ({ group }) => group);
  return [...groups.values()].flatMap((siblings) => {
    const values = { matched: 0, suppressed: 0, silent: 0, summaries: 0 };
    for (const { index } of siblings) {
      const counters = matches.rules[index];
      values.matched += counters?.matches ?? 0;
      values.suppressed += counters?.heldBack ?? 0;
      values.silent += counters?.silent ?? 0;
      values.summaries += matches.summaries[index] ?? 0;
    }
    return formatLine(`rule ${siblings[0]?.id}`, values);
  });
}

/** Of rules that reloads replaced and that are no more. */
function formatForgotten({ matches }: JudgementCounters): string[] {
  const { matches: matched, heldBack: suppressed, silent } = matches.forgotten;
  const values = { matched, suppressed, silent, summaries: matches.forgottenSummaries };
  return formatLine('rules before reloads', values);
}

function formatActions({ done }: ActionCounters): string[] {
  const values = [...done].map(([name, count]) => [name.replaceAll(' ', '_'), count]);
  return formatLine('actions', Object.fromEntries(values));
}

function formatVariables({ matches }: JudgementCounters): string[] {
  return formatLine('variables', {
    evicted: matches.evictedValues,
    crowded_out: matches.crowdedOutValues,
    cut: matches.cutValues,
    set_without_owner: matches.setsWithoutOwner,
  });
}

function formatPeriods({ matches }: JudgementCounters): string[] {
  return formatLine('held back', { closed_early: matches.closedEarly });
}

function formatProcesses({ processes }: JudgementCounters): string[] {
  return formatLine('processes', {
    incomplete: processes.incomplete,
    reads_refused: processes.procRefused,
    lineages_shortened: processes.lineagesShortened,
    dropped: processes.dropped,
    vanished: processes.vanished,
    cgroups_dropped: processes.cgroupsDropped,
  });
}

/** Formats the counters of a run whose ring has been drained. */
export function formatDrainReport({ kernel, engine, judgement }: DrainCounters): string {
  const lines = [
    'fimbul: counters',
    ...formatKinds(kernel, engine),
    ...formatLine('degraded', kernel.troubles),
    ...formatLine('skipped runs', kernel.skippedRuns),
  ];
  if (judgement !== null) {
    lines.push(
      ...formatRules(judgement),
      ...formatForgotten(judgement),
      ...formatActions(judgement.actions),
      ...formatVariables(judgement),
      ...formatPeriods(judgement),
      ...formatProcesses(judgement),
    );
  }
  return `${lines.join('\n')}\n`;
}
