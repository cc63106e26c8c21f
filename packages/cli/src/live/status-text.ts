// SPDX-License-Identifier: Apache-2.0
// What `fimbul status` shows: who runs and by which rules, what became of every event that the
// kernel saw, what was lost, and what it costs. What is zero and says nothing is left out.

import { escapeControls } from '@fimbul/config';
import type { StatusDocument } from '@fimbul/schema';
import { addFunnels, type Funnel, sumFunnel } from './funnel-sums.ts';
import {
  formatBytes,
  formatCount,
  formatRate,
  formatShare,
  formatSpan,
  formatUptime,
} from './number-text.ts';
import { formatTable } from './table-text.ts';
import type { ProgramRate } from './top-rates.ts';

/** A count and its share of what was seen. */
function formatPart(count: number, seen: number): string {
  return count === 0 ? '0' : `${formatCount(count)} ${formatShare(count / seen).padStart(6)}`;
}

function formatFunnelRow(name: string, backend: string, funnel: Funnel): readonly string[] {
  const { seen, approvers, discarders, ignored, sent, lost, matched } = funnel;
  return [
    ...[name, backend, formatCount(seen)],
    ...[approvers, discarders, ignored, sent, lost].map((count) => formatPart(count, seen)),
    matched === null ? '-' : formatCount(matched),
  ];
}

function describeFunnel({ funnel }: StatusDocument): string[] {
  const rows = funnel.map((row) => ({ row, sums: sumFunnel(row) }));
  const all = addFunnels(rows.map(({ sums }) => sums));
  return [
    'EVENTS since the start, each with its end',
    ...formatTable({
      heads: [
        ...['', 'backend', 'seen', 'approvers', 'discarders', 'ignored', 'sent', 'lost', 'matched'],
      ],
      rows: [
        ...rows.map(({ row, sums }) => formatFunnelRow(row.kind, row.backend ?? '-', sums)),
        formatFunnelRow('all', '', all),
      ],
      names: 2,
    }),
    '  approvers, discarders: dropped in the kernel, as no rule can match · ignored: failed calls',
    '  no rule asks for, what is no file, the agent itself · matched: sent, and a rule accepted it',
  ];
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function describeReloads({ reloaded, refused }: StatusDocument['reloads']): string {
  const parts = [
    ...(reloaded > 0 ? [`reloaded ${plural(reloaded, 'time')}`] : []),
    ...(refused > 0 ? [`${plural(refused, 'reload')} refused`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function describePolicies({ policies, rules, reloads }: StatusDocument): string[] {
  const rows = policies.map(({ path, rules: count, errors, warnings }) => {
    const problems = [
      ...(errors > 0 ? [plural(errors, 'error')] : []),
      ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
    ];
    return [path, [plural(count, 'rule'), ...problems].join(', ')];
  });
  const others = [
    [rules.broken, 'broken'],
    [rules.not_applicable, 'not applicable here'],
    [rules.disabled, 'disabled'],
    [rules.for_other_hosts, 'for other hosts or versions'],
  ] as const;
  const left = others.filter(([count]) => count > 0).map(([count, why]) => `, ${count} ${why}`);
  return [
    `POLICIES: ${plural(rules.loaded, 'rule')} loaded${left.join('')}${describeReloads(reloads)}`,
    ...formatTable({ heads: ['file', ''], rows, names: 2 }).slice(1),
  ];
}

function describeLosses({ losses, undecodable }: StatusDocument): string[] {
  if (losses.length === 0 && undecodable === 0) return ['LOST: nothing'];
  return [
    'LOST',
    ...formatTable({
      heads: ['', 'reason', 'last', 'events'],
      rows: losses.map(({ operation, reason, count, last }) => [
        ...[operation, reason, last.replace(/\.\d+Z$/, 'Z'), formatCount(count)],
      ]),
      names: 3,
    }),
  ];
}

function describeDegradations({ degradations, troubles }: StatusDocument): string[] {
  const poorer = Object.entries(troubles).filter(([, count]) => count > 0);
  const lines = [
    ...degradations.map((text) => `  ${escapeControls(text)}`),
    ...poorer.map(([name, count]) => `  ${name.replaceAll('_', ' ')}: ${formatCount(count)}`),
  ];
  return lines.length === 0 ? [] : ['', 'DEGRADED', ...lines];
}

function describeCost({ resources, agent, programs }: StatusDocument): string[] {
  const { resident_bytes: resident, proportional_bytes: proportional } = resources;
  const cpu = resources.cpu_user_seconds + resources.cpu_system_seconds;
  const starting = resources.cpu_starting_seconds;
  const shared =
    proportional === null ? '' : `, ${formatBytes(proportional)} without what is shared`;
  const share = agent.uptime_seconds > 0 ? (cpu - starting) / agent.uptime_seconds : 0;
  return [
    'COST',
    `  memory     ${formatBytes(resident)} resident${shared}`,
    `  processor  ${formatShare(share)} of one CPU since it was ready ` +
      `(${(cpu - starting).toFixed(1)} s; starting took ${starting.toFixed(1)} s)`,
    `  kernel     ${plural(programs.length, 'program')} attached`,
  ];
}

/** The programs of the kernel side by the time they took in a second. */
export function describePrograms(rates: readonly ProgramRate[]): string[] {
  const total = rates.reduce((sum, { cpu_share: share }) => sum + share, 0);
  return [
    `PROGRAMS: ${formatShare(total)} of one CPU`,
    ...formatTable({
      heads: ['', 'of one CPU', 'runs/s', 'per run', 'skipped runs'],
      rows: rates.map((rate) => [
        ...[rate.program, formatShare(rate.cpu_share), formatRate(rate.runs_per_second)],
        rate.runs_per_second === 0 ? '-' : formatSpan(rate.seconds_per_run),
        formatCount(rate.skipped_runs),
      ]),
      names: 1,
    }),
  ];
}

export function formatStatus(status: StatusDocument, programs: readonly ProgramRate[] | null) {
  const { agent, host } = status;
  const lines = [
    `fimbul ${agent.version}, pid ${agent.pid}, up ${formatUptime(agent.uptime_seconds)}, ` +
      `on ${host.hostname} with Linux ${host.kernel}`,
    '',
    ...describePolicies(status),
    '',
    ...describeFunnel(status),
    '',
    ...describeLosses(status),
    ...describeDegradations(status),
    '',
    ...describeCost(status),
    ...(programs === null
      ? ['             "fimbul status --programs" measures them, "fimbul top" the rules too']
      : ['', ...describePrograms(programs)]),
  ];
  return `${lines.join('\n')}\n`;
}
