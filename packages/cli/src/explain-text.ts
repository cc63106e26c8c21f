// SPDX-License-Identifier: Apache-2.0
// What `fimbul rules explain` shows: a table of all rules, those that cost most first where a
// stream was counted, or all about some of them. Ids are long, so they come last.

import { escapeControls } from '@fimbul/config';
import type {
  ExplainDocument,
  ExplainedOperation,
  ExplainedPredicate,
  ExplainedRule,
  LiveExplainDocument,
  StreamRow,
} from '@fimbul/schema';
import { formatCount, formatShare } from './live/number-text.ts';
import { formatTable } from './live/table-text.ts';

export type Paint = (style: string, text: string) => string;

const bold = '1';
const dim = '2';
const red = '31';
const green = '32';
const yellow = '33';

function isSelective({ operations }: ExplainedRule): boolean {
  return operations.every((one) => one.is_selective || !one.is_filtered);
}

function summarizeFilter({ operations }: ExplainedRule): string {
  const filtered = operations.filter((one) => one.is_filtered);
  if (filtered.length === 0) return 'all are sent';
  if (filtered.some((one) => !one.is_selective)) return 'NOTHING';
  const lists = filtered.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.selected_by));
  const tables = [...new Set(lists.map((table) => table.split(' ').at(-1) ?? table))];
  return tables.length === 0 ? 'can never match' : tables.sort().join(', ');
}

/** One is named and the others are counted: a rule may be about many. */
function summarizeOperations({ operations }: ExplainedRule): string {
  const [first = '', ...others] = new Set(operations.map(({ operation }) => operation));
  return others.length === 0 ? first : `${first} +${others.length}`;
}

function formatStream(stream: readonly StreamRow[]): string[] {
  const rows = stream.map(({ operation, seen, sent }) => [
    operation,
    ...[formatCount(seen), formatCount(sent), seen === 0 ? '' : formatShare(sent / seen)],
  ]);
  return formatTable({ heads: ['EVENT', 'EVENTS', 'SENT', 'SHARE'], names: 1, rows });
}

type RuleOfStream = Pick<ExplainedRule, 'id' | 'stream'>;

/** The rules that cost most come first; those that are not about files come last. */
function sortByCost<Rule extends RuleOfStream>(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((left, right) => (right.stream?.sent ?? -1) - (left.stream?.sent ?? -1));
}

const costHeads = ['SENT', 'SHARE', 'ALONE', 'MATCHES', 'RULE'];

function formatCosts(rules: readonly RuleOfStream[]): string[] {
  const rows = rules.map(({ id, stream }) => {
    if (stream === null) return ['', '', '', '', id];
    const { sent, share, sent_alone: alone, matches } = stream;
    return [
      ...[formatCount(sent), share === null ? '' : formatShare(share)],
      ...[formatCount(alone), formatCount(matches), id],
    ];
  });
  const { length } = costHeads;
  return formatTable({ heads: costHeads, rows, names: length, numbers: length - 1 });
}

const costTitle =
  'Because of which rules (an event counts for each rule that shares a lane it keeps)';

function formatFilters(rules: readonly ExplainedRule[]): string[] {
  const rows = rules.map((rule) => [summarizeFilter(rule), summarizeOperations(rule), rule.id]);
  const heads = ['SELECTED BY', 'EVENTS', 'RULE'];
  return formatTable({ heads, rows, names: heads.length });
}

/** A line for each rule. */
export function formatExplainTable({ rules, stream }: ExplainDocument, paint: Paint): string {
  const sorted = stream === null ? rules : sortByCost(rules);
  const [head = '', ...body] = stream === null ? formatFilters(sorted) : formatCosts(sorted);
  const painted = body.map((line, index) => {
    const rule = sorted[index];
    return rule !== undefined && !isSelective(rule) ? paint(yellow, line) : line;
  });
  const title =
    stream === null ? [] : ['What the filter lets through', ...formatStream(stream), '', costTitle];
  const open = rules.filter((rule) => !isSelective(rule)).length;
  const notSelected = `${formatCount(open)} that the kernel cannot select events for`;
  const summary = `${formatCount(rules.length)} rules, ${notSelected}`;
  return `${[...title, paint(bold, head), ...painted, '', summary].join('\n')}\n`;
}

/** One event that nothing rules out is sent for all rules, and lists them all. */
const liveRulesMax = 20;

/** What was sent for the rules of a running agent. */
export function formatLiveTable(document: LiveExplainDocument, paint: Paint): string {
  const { seconds, stream, rules, looked_at: lookedAt, counted } = document;
  const sent = rules.filter((rule) => rule.stream.sent > 0 || rule.stream.matches > 0);
  const [head = '', ...body] = formatCosts(sortByCost(sent).slice(0, liveRulesMax));
  const others = formatCount(rules.length - body.length);
  const costs =
    sent.length === 0
      ? ['No event was sent because of a rule on files.']
      : [
          costTitle,
          ...[paint(bold, head), ...body, ''],
          `${others} other rules on files; estimated from ${formatCount(lookedAt)} of ` +
            `${formatCount(counted)} events`,
        ];
  const title = `What the kernel sent in ${seconds.toFixed(0)} s`;
  return `${[title, ...formatStream(stream), '', ...costs].join('\n')}\n`;
}

const deciders = {
  kernel: { word: 'kernel', style: green },
  both: { word: 'both', style: yellow },
  'user space': { word: 'user space', style: red },
} as const;

function wrap(text: string, indent: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

type Look = { readonly paint: Paint; readonly columns: number };

function describePredicate(predicate: ExplainedPredicate, { paint, columns }: Look): string[] {
  const { text, negated, decided_by: decidedBy, table, reason, advice } = predicate;
  const { word, style } = deciders[decidedBy];
  const where = table === null ? '' : ` (${table})`;
  const plain = escapeControls(text.replace(/\s+/g, ' '));
  const notes = [reason === null ? '' : `why: ${reason}`, advice === null ? '' : `→ ${advice}`];
  return [
    ...wrap(`${negated ? 'not ' : ''}${plain}`, '    ', columns),
    `      ${paint(style, word)}${where}`,
    ...notes.filter((note) => note !== '').flatMap((note) => wrap(note, '      ', columns)),
  ];
}

function describeOperation(operation: ExplainedOperation, look: Look): string[] {
  const { paint, columns } = look;
  const lines = [`  ${paint(bold, operation.operation)}`];
  if (!operation.is_filtered) lines.push('    the kernel sends all events of this kind');
  else if (operation.lanes.length === 0) lines.push('    no event can match');
  for (const { lane, shared, selected_by: tables } of operation.lanes) {
    const by = tables.length === 0 ? paint(red, 'nothing') : paint(green, tables.join(', '));
    const others = `${formatCount(shared)} other rule${shared === 1 ? '' : 's'}`;
    lines.push(
      `    lane ${lane}: selected by ${by}${shared === 0 ? '' : `; shared with ${others}`}`,
    );
  }
  if (operation.advice !== null) lines.push(...wrap(`→ ${operation.advice}`, '    ', columns));
  return [...lines, ...operation.predicates.flatMap((one) => describePredicate(one, look))];
}

/** Everything about some rules. */
export function formatExplainedRules(rules: readonly ExplainedRule[], look: Look): string {
  const parts = rules.map((rule) => {
    const { paint } = look;
    const policy = paint(dim, escapeControls(rule.policy));
    const head = `${paint(bold, escapeControls(rule.id))}  ${policy}`;
    const lines = [head];
    if (rule.stream !== null) {
      const { sent, sent_alone: alone, share, matches } = rule.stream;
      const of = share === null ? '' : ` (${formatShare(share)} of all that is sent)`;
      const sentFor = `sent because of it: ${formatCount(sent)}${of}`;
      const matched = `matched ${formatCount(matches)}`;
      const text = `${sentFor}, ${formatCount(alone)} for it alone; ${matched}`;
      lines.push(...wrap(text, '  ', look.columns));
    }
    return [...lines, ...rule.operations.flatMap((one) => describeOperation(one, look))];
  });
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
