// SPDX-License-Identifier: Apache-2.0
// A block of `fimbul top`: what happens now, the dearest first. Rules that were not decided and
// matched nothing are left out, since there may be thousands.

import type { StatusDocument } from '@fimbul/schema';
import { formatBytes, formatRate, formatShare, formatSpan, formatUptime } from './number-text.ts';
import { formatTable } from './table-text.ts';
import type { FunnelRate, TopDocument } from './top-rates.ts';

const rulesMax = 20;
const programsMax = 12;
/** Of each, even where that is more than fits. */
const rowsMin = 2;
/** Titles, heads, empty lines and the row of the index. */
const otherLines = 12;

type Room = { readonly programs: number; readonly rules: number; readonly hasQuiet: boolean };

/** Shares the lines of a screen: what happens most of all is worth a line, what rests is not. */
function shareLines({ events }: TopDocument, lines: number): Room {
  const all = { programs: programsMax, rules: rulesMax };
  if (events.length + all.programs + all.rules + otherLines <= lines) {
    return { ...all, hasQuiet: true };
  }
  const left = lines - otherLines - listEvents(events, false).length;
  const programs = Math.min(programsMax, Math.max(rowsMin, Math.floor(left / 2)));
  return { programs, rules: Math.max(rowsMin, left - programs), hasQuiet: false };
}

/** The last row is the sum. */
function listEvents(events: readonly FunnelRate[], hasQuiet: boolean): readonly FunnelRate[] {
  return events.filter((rate, place) => {
    return hasQuiet || rate.seen_per_second > 0 || place === events.length - 1;
  });
}

function formatFunnel(rate: FunnelRate): readonly string[] {
  const { matched_per_second: matched } = rate;
  return [
    rate.operation,
    ...[
      ...[rate.seen_per_second, rate.approvers_per_second, rate.discarders_per_second],
      ...[rate.ignored_per_second, rate.sent_per_second, rate.lost_per_second],
    ].map(formatRate),
    matched === null ? '-' : formatRate(matched),
  ];
}

function describeEvents({ events }: TopDocument, { hasQuiet }: Room): string[] {
  return [
    'EVENTS per second',
    ...formatTable({
      heads: ['', 'seen', 'approvers', 'discarders', 'ignored', 'sent', 'lost', 'matched'],
      rows: listEvents(events, hasQuiet).map(formatFunnel),
      names: 1,
    }),
  ];
}

function describePrograms(
  { programs }: TopDocument,
  { statistics }: StatusDocument,
  room: Room,
): string[] {
  if (statistics.refusal !== null) return [`PROGRAMS: not measured: ${statistics.refusal}`];
  const total = programs.reduce((sum, { cpu_share: share }) => sum + share, 0);
  const ran = programs.filter(({ runs_per_second: runs }) => runs > 0).slice(0, room.programs);
  if (ran.length === 0) return ['PROGRAMS in the kernel: none ran'];
  return [
    `PROGRAMS in the kernel: ${formatShare(total)} of one CPU`,
    ...formatTable({
      heads: ['', 'of one CPU', 'of all', 'runs/s', 'per run'],
      rows: ran.map((rate) => [
        ...[rate.program, formatShare(rate.cpu_share), formatShare(rate.cpu_share / total)],
        ...[formatRate(rate.runs_per_second), formatSpan(rate.seconds_per_run)],
      ]),
      names: 1,
    }),
  ];
}

function describeRules({ rules, sampling }: TopDocument, room: Room): string[] {
  const rulesShare = rules.reduce((sum, { cpu_share: share }) => sum + share, 0);
  const total = rulesShare + sampling.index_cpu_share;
  const shown = rules
    .filter((rate) => rate.evaluations_per_second > 0 || rate.matches_per_second > 0)
    .slice(0, room.rules);
  const rows = shown.map((rate) => [
    ...[rate.rule, formatShare(rate.cpu_share), formatShare(rate.cpu_share / total)],
    formatRate(rate.evaluations_per_second),
    rate.evaluations_per_second === 0 ? '-' : formatSpan(rate.seconds_per_evaluation),
    formatRate(rate.matches_per_second),
  ]);
  const index = sampling.index_cpu_share;
  if (index > 0) {
    const share = formatShare(index / total);
    rows.push(['(finding candidates)', formatShare(index), share, '-', '-', '-']);
  }
  const { sampled_events: sampled, events, window_seconds: seconds } = sampling;
  if (rows.length === 0) return [`RULES: none was decided in ${seconds.toFixed(0)} s`];
  return [
    `RULES: ${formatShare(total)} of one CPU; estimated from ${sampled} of ${events} events ` +
      `in ${seconds.toFixed(0)} s`,
    ...formatTable({
      heads: ['', 'of one CPU', 'of all', 'decided/s', 'each', 'matches/s'],
      rows,
      names: 1,
    }),
  ];
}

/** Formats one block as lines; so many of them, where a screen has no room for more. */
export function formatTop(
  top: TopDocument,
  status: StatusDocument,
  lines = Number.POSITIVE_INFINITY,
): string[] {
  const room = shareLines(top, lines);
  const { agent, host } = status;
  const time = top.time.slice(11, 19);
  return [
    `fimbul ${agent.version} on ${host.hostname}, up ${formatUptime(agent.uptime_seconds)} · ` +
      `agent ${formatShare(top.agent.cpu_share)} of one CPU, ` +
      `${formatBytes(top.agent.resident_bytes)} · ${time} UTC`,
    '',
    ...describeEvents(top, room),
    '',
    ...describePrograms(top, status, room),
    '',
    ...describeRules(top, room),
  ];
}
