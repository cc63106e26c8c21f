// SPDX-License-Identifier: Apache-2.0
// Explains compiled rules: what the kernel decides of each, and which share of a stream reaches
// user space because of it. Pure: whoever has a stream counts it.

import {
  type ExplainDocument,
  type ExplainedOperation,
  type ExplainedRule,
  fileOperations,
  type RuleShare,
} from '@fimbul/schema';
import type { CompiledPolicies } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { LaneCensus } from './lane-census.ts';

/** A stream that policies were held against. */
export type StreamCounts = {
  readonly census: LaneCensus;
  /** Matches by the index of the rule; siblings count at the first of them. */
  readonly matches: readonly number[];
};

const bindAdvice = 'name a file, a path or flags of open in every alternative of the rule';
const joinedAdvice = 'its lane is joined with that of other rules: use fewer alternatives';

function isFileEvent({ eventType }: CompiledRule): boolean {
  return fileOperations.some((operation) => operation === eventType);
}

function giveAdvice({ explanation }: CompiledRule): string | null {
  const open = explanation.lanes.filter(({ selectedBy }) => selectedBy.length === 0);
  if (open.length === 0) return null;
  const wanted = explanation.predicates.some(
    ({ decidedBy, negated, table }) =>
      decidedBy !== 'user space' && !negated && table !== null && table !== 'result',
  );
  return wanted && open.every(({ shared }) => shared > 0) ? joinedAdvice : bindAdvice;
}

function explainOperation(rule: CompiledRule): ExplainedOperation {
  const { lanes, predicates } = rule.explanation;
  const isFiltered = isFileEvent(rule);
  return {
    operation: rule.eventType,
    is_filtered: isFiltered,
    is_selective: isFiltered && lanes.every(({ selectedBy }) => selectedBy.length > 0),
    lanes: lanes.map(({ lane, shared, selectedBy }) => ({ lane, shared, selected_by: selectedBy })),
    predicates: predicates.map(({ text, negated, decidedBy, table, reason, advice }) => ({
      ...{ text, negated, decided_by: decidedBy, table, reason, advice },
    })),
    advice: isFiltered ? giveAdvice(rule) : null,
  };
}

type Shares = {
  readonly sent: Map<number, number>;
  readonly alone: Map<number, number>;
  total: number;
};

function add(counts: Map<number, number>, group: number, count: number): void {
  counts.set(group, (counts.get(group) ?? 0) + count);
}

function attribute(rules: readonly CompiledRule[], census: LaneCensus): Shares {
  const shares: Shares = { sent: new Map(), alone: new Map(), total: 0 };
  for (const operation of fileOperations) {
    const own = rules.filter(({ eventType }) => eventType === operation);
    for (const [lanes, count] of census.list(operation)) {
      if (lanes === 0n) continue;
      shares.total += count;
      const groups = new Set(
        own.filter((rule) => (rule.lanes & lanes) !== 0n).map(({ group }) => group),
      );
      for (const group of groups) add(shares.sent, group, count);
      const [only] = groups;
      if (only !== undefined && groups.size === 1) add(shares.alone, only, count);
    }
  }
  return shares;
}

/** What a stream is sent for, by the group of the rules; rules on processes alone have no row. */
export function shareStream(
  rules: readonly CompiledRule[],
  { census, matches }: StreamCounts,
): ReadonlyMap<number, RuleShare> {
  const { sent, alone, total } = attribute(rules, census);
  const shares = new Map<number, RuleShare>();
  for (const [group, own] of Map.groupBy(rules, (rule) => rule.group)) {
    if (!own.some(isFileEvent)) continue;
    const count = sent.get(group) ?? 0;
    shares.set(group, {
      sent: count,
      sent_alone: alone.get(group) ?? 0,
      share: total === 0 ? null : count / total,
      matches: own.reduce((sum, { index }) => sum + (matches[index] ?? 0), 0),
    });
  }
  return shares;
}

/** Explains all rules, siblings together, in the order of evaluation. */
export function explainRules(
  { rules }: Pick<CompiledPolicies, 'rules'>,
  counts: StreamCounts | null,
): ExplainDocument {
  const shares = counts === null ? null : shareStream(rules, counts);
  const groups = Map.groupBy(rules, ({ group }) => group);
  const explained = [...groups].flatMap(([group, own]): ExplainedRule[] => {
    const [first] = own;
    if (first === undefined) return [];
    const stream = shares?.get(group) ?? null;
    return [{ id: first.id, policy: first.policy, operations: own.map(explainOperation), stream }];
  });
  return {
    format: 1,
    stream: counts === null ? null : listStream(counts.census),
    rules: explained,
  };
}

function listStream(census: LaneCensus): NonNullable<ExplainDocument['stream']> {
  return fileOperations.map((operation) => {
    const counts = census.list(operation);
    const seen = census.countAll(operation);
    return { operation, seen, sent: seen - (counts.get(0n) ?? 0) };
  });
}
