// SPDX-License-Identifier: Apache-2.0
// Why the kernel lets a rule's events pass: for each predicate who decides it and with which table,
// and what to rewrite where nothing in the kernel helps.

import { filterNameBytesMax, filterValueBitsMax, filterValueBoundsMax } from '@fimbul/schema';
import type { Predicate } from '../2-check/typed.ts';
import { getSpanText } from '../source-text.ts';
import type { Constraint, FilterTable, Remainder } from './constraint.ts';
import { constrain } from './constraints.ts';
import type { Literal } from './literals.ts';
import type { TrackedValues } from './tracked-values.ts';

export type PredicateExplanation = {
  /** The predicate as it is written. */
  readonly text: string;
  /** True when the rule needs the opposite of what is written. */
  readonly negated: boolean;
  /** `both`: the kernel refuses some events, user space decides about the others. */
  readonly decidedBy: 'kernel' | 'both' | 'user space';
  readonly table: FilterTable | null;
  /** Why user space has a say; null when it has none. */
  readonly reason: string | null;
  /** What to rewrite so that the kernel can help; null when there is nothing. */
  readonly advice: string | null;
};

export type LaneExplanation = {
  /** Bit of the lane in the masks of the operation. */
  readonly lane: number;
  /** How many other rules share the lane. */
  readonly shared: number;
  /** True when the lane lets every event of the operation pass. */
  readonly unselective: boolean;
  /** Tables that let only some values pass which the rule lists; none where most events pass. */
  readonly selectedBy: readonly FilterTable[];
};

export type RuleExplanation = {
  /** Empty for process events, which are all sent, and for rules that can never match. */
  readonly lanes: readonly LaneExplanation[];
  readonly predicates: readonly PredicateExplanation[];
};

const reasons: Readonly<Record<Remainder, string | null>> = {
  none: null,
  field: 'no kernel table holds this field',
  pattern: 'the kernel compares the beginning and the end of a name, and no regular expressions',
  'long-name': `the kernel compares at most ${filterNameBytesMax} bytes of a name`,
  'no-room':
    `the kernel tracks ${filterValueBitsMax} bits or ${filterValueBoundsMax} bounds at a time, ` +
    'compared with literals',
  computed: 'it compares two fields',
};

const advices: Readonly<Partial<Record<Remainder, string>>> = {
  pattern: 'where possible list exact names or paths, or path patterns with one * in a component',
  computed: 'where possible compare with a literal instead',
};

/** Explains one predicate. */
export function explainLiteral(
  { predicate, negated }: Literal,
  tracked: TrackedValues,
): PredicateExplanation {
  const { table, remainder } = constrain(predicate, negated, tracked);
  const decidedBy = getDecider(table, remainder);
  return {
    text: getSpanText(predicate.span),
    negated: negated !== isWrittenNegated(predicate),
    decidedBy,
    table,
    reason: reasons[remainder],
    advice: decidedBy === 'user space' ? (advices[remainder] ?? null) : null,
  };
}

function getDecider(
  table: Constraint['table'],
  remainder: Remainder,
): PredicateExplanation['decidedBy'] {
  if (table === null) return 'user space';
  return remainder === 'none' ? 'kernel' : 'both';
}

/** `a != b` is kept as `not (a == b)`, with the span of the whole. */
function isWrittenNegated({ span }: Predicate): boolean {
  return /!=|!~|\bnot\s+in\b/.test(
    span.source.text.slice(span.start, span.end).replace(/"[^"]*"/g, ''),
  );
}
