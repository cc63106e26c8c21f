// SPDX-License-Identifier: Apache-2.0
// What may come next in an expression, at any place of it. The tokens before the place decide: a
// value, an operator, a member of a list, or a name inside of `${…}`. Half-written text is the
// normal case here, so only the lexer is asked.

import type { EventType, FieldSpec } from '@fimbul/schema';
import { matchToken } from '../1-parse/lexer.ts';
import { parseFieldPath } from '../2-check/field-path.ts';
import {
  comparisonOperators,
  eventFieldSuggestions,
  hostFieldSuggestions,
  integerOperators,
  listConstants,
  logicOperators,
  membershipOperators,
  negation,
  networkOperators,
  orderOperators,
  patternOperators,
  type Suggestion,
  suggestDerived,
  truthValues,
} from './suggestions.ts';
import { readBefore, type WrittenToken } from './text-before.ts';

/** A name that the policy defines. */
export type DefinedName = { readonly name: string; readonly description: string };

export type CompletionContext = {
  /** `event` for rules, `host` for the conditions under `filters`. */
  readonly model: 'event' | 'host';
  readonly macros: readonly DefinedName[];
  /** Variables by the name between `${` and `}`. */
  readonly variables: readonly DefinedName[];
};

export type Completion = {
  /** What the suggestion is written in place of. */
  readonly from: number;
  readonly to: number;
  /** The best first. */
  readonly suggestions: readonly Suggestion[];
  /** False where more would fit, so that an editor has to ask again as text is added. */
  readonly isComplete: boolean;
};

/** More help nobody. */
const suggestionsMax = 200;

/** Suggests what to write at a position; null where anything may be written, as in a string. */
export function completeExpression(
  text: string,
  position: number,
  context: CompletionContext,
): Completion | null {
  const { tokens, word, from, place } = readBefore(text.slice(0, position));
  if (place === 'text') return null;
  const rest = /^[A-Za-z0-9_.[\]]*/.exec(text.slice(position))?.[0] ?? '';
  const to = position + (word === '' && place === 'code' ? 0 : rest.length);
  const eventType = findEventType(text);
  const candidates =
    place === 'variable'
      ? suggestVariables(context)
      : place === 'reference'
        ? suggestFields(context, word, eventType)
        : suggestNext(tokens, word, { context, eventType });
  const fitting = rank(candidates, word);
  return {
    from,
    to,
    suggestions: fitting.slice(0, suggestionsMax),
    isComplete: fitting.length <= suggestionsMax,
  };
}

const fieldsByName: ReadonlyMap<string, FieldSpec> = new Map(
  [...eventFieldSuggestions, ...hostFieldSuggestions].map(({ field }) => [field.name, field]),
);

function findField(written: string): FieldSpec | undefined {
  return fieldsByName.get(parseFieldPath(written).name);
}

/** The event type that an expression is about, by the first field of it that has one. */
function findEventType(text: string): EventType | null {
  for (let at = 0; at < text.length; ) {
    const match = matchToken(text, at);
    const end = at + (match?.length ?? 1);
    const field = match?.kind === 'identifier' ? findField(text.slice(at, end)) : undefined;
    if (field !== undefined && field.event !== '*') return field.event;
    at = end;
  }
  return null;
}

type Wanted = { readonly context: CompletionContext; readonly eventType: EventType | null };

function suggestNext(
  tokens: readonly WrittenToken[],
  word: string,
  { context, eventType }: Wanted,
): readonly Suggestion[] {
  const last = tokens.at(-1);
  const term = findTerm(tokens);
  const compared = findCompared(term);
  if (isInList(tokens)) return isListStart(last) ? listConstants(compared?.constants ?? null) : [];
  if (last !== undefined && endsOperand(last)) return suggestOperators(term, last);
  const macros = context.macros.map(
    ({ name, description }): Suggestion => ({
      label: name,
      kind: 'macro',
      detail: 'macro',
      description,
    }),
  );
  const fields = suggestFields(context, word, eventType);
  if (last?.kind === 'identifier' && (last.text === 'in' || last.text === 'allin')) {
    return [...macros, ...fields.filter(({ field }) => field?.list || field?.iterator)];
  }
  if (compared === null) return [...fields, ...macros, negation, ...truthValues];
  // Of the constants, those of the field on the other side come first.
  const { type, constants: group } = compared;
  const constants = group === null ? [] : listConstants(group);
  const others = type === 'int' ? listConstants(null) : [];
  const values = type === 'bool' ? truthValues : [];
  return [...values, ...constants, ...macros, ...fields, ...others];
}

/** The tokens since the last logical operator. */
function findTerm(tokens: readonly WrittenToken[]): readonly WrittenToken[] {
  const start = tokens.findLastIndex(({ kind, text }, index) => {
    if (kind === 'identifier') return text === 'and' || text === 'or';
    return (text === '&' || text === '|') && tokens[index - 1]?.text === text;
  });
  return tokens.slice(start + 1);
}

/** The field on the left side of the comparison that is being written. */
function findCompared(term: readonly WrittenToken[]): FieldSpec | null {
  for (const { kind, text } of term.toReversed()) {
    const field = kind === 'identifier' ? findField(text) : undefined;
    if (field) return field;
  }
  return null;
}

/** True inside of the brackets of a list; those of a name are part of the name. */
function isInList(tokens: readonly WrittenToken[]): boolean {
  const bracket = tokens.findLast(({ kind, text }) => kind === 'punctuation' && /[[\]]/.test(text));
  return bracket?.text === '[';
}

function isListStart(token: WrittenToken | undefined): boolean {
  return token?.text === '[' || token?.text === ',';
}

const wordOperators = new Set(['and', 'or', 'not', 'in', 'allin']);

function endsOperand({ kind, text }: WrittenToken): boolean {
  if (kind === 'punctuation') return text === ')' || text === ']';
  return kind !== 'identifier' || !wordOperators.has(text);
}

function isComparison({ kind, text }: WrittenToken): boolean {
  if (kind === 'identifier') return text === 'in' || text === 'allin';
  return kind === 'punctuation' && /^[=<>~]$/.test(text);
}

function suggestOperators(
  term: readonly WrittenToken[],
  last: WrittenToken,
): readonly Suggestion[] {
  if (last.text === ']') return logicOperators;
  const field = last.kind === 'identifier' ? findField(last.text) : undefined;
  const isLength = last.kind === 'identifier' && last.text.endsWith('.length');
  const type = isLength ? 'int' : field?.type;
  const isNumber =
    type === 'int' || ['integer', 'duration'].includes(last.kind) || last.text === ')';
  const numeric = isNumber ? integerOperators : [];
  if (term.some(isComparison)) return [...logicOperators, ...numeric];
  switch (type) {
    case 'bool':
      return [...logicOperators, ...comparisonOperators];
    case 'string':
      return [...comparisonOperators, ...patternOperators, ...membershipOperators];
    case 'ip':
      return [...membershipOperators, ...networkOperators, ...comparisonOperators];
    case 'int':
      return [...comparisonOperators, ...orderOperators, ...membershipOperators, ...numeric];
    case undefined: {
      const order = isNumber ? orderOperators : [];
      const others = [...comparisonOperators, ...membershipOperators];
      return [...logicOperators, ...others, ...order, ...numeric];
    }
  }
}

function suggestVariables({ variables }: CompletionContext): readonly Suggestion[] {
  const builtIn: readonly DefinedName[] = [
    { name: 'process.pid', description: 'The process that caused the event.' },
    { name: 'builtins.uuid4', description: 'A random identifier, new at every use.' },
  ];
  return [...variables, ...builtIn].map(({ name, description }) => ({
    label: name,
    kind: 'variable',
    detail: 'variable',
    description,
  }));
}

type MaybeField = Suggestion & { readonly field?: FieldSpec };

/** Suggests fields, with the brackets that the word has, and what derives from them. */
function suggestFields(
  { model }: CompletionContext,
  word: string,
  eventType: EventType | null,
): readonly MaybeField[] {
  const all = model === 'host' ? hostFieldSuggestions : eventFieldSuggestions;
  const fitting = all.filter(({ field }) => {
    return eventType === null || field.event === '*' || field.event === eventType;
  });
  // First those of the event, and those that this agent fills.
  fitting.sort((a, b) => rankField(b.field, eventType) - rankField(a.field, eventType));
  const { name, brackets } = parseFieldPath(word);
  const bracketed = brackets.reduce<readonly MaybeField[]>(
    (suggestions, { after, content }) =>
      suggestions
        .filter(({ label }) => label.startsWith(after))
        .map((found) => ({
          ...found,
          label: `${after}[${content}]${found.label.slice(after.length)}`,
        })),
    fitting,
  );
  const owner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const base = all.find(({ label }) => label === owner);
  return base === undefined || brackets.length > 0
    ? bracketed
    : [...suggestDerived(base.field), ...bracketed];
}

function rankField({ event, filled }: FieldSpec, eventType: EventType | null): number {
  return (filled ? 2 : 0) + (event === eventType ? 1 : 0);
}

/** Keeps what has the word in it: all of it, at its start, at the start of a part, anywhere. */
function rank(suggestions: readonly MaybeField[], word: string): readonly Suggestion[] {
  const wanted = word.toLowerCase();
  const ranks: Suggestion[][] = [[], [], [], []];
  const seen = new Set<string>();
  for (const { field: _, ...suggestion } of suggestions) {
    const label = suggestion.label.toLowerCase();
    const at = label.indexOf(wanted);
    if (at === -1 || seen.has(suggestion.label)) continue;
    seen.add(suggestion.label);
    const isPartStart = /[._]/.test(label[at - 1] ?? '');
    ranks[label === wanted ? 0 : at === 0 ? 1 : isPartStart ? 2 : 3]?.push(suggestion);
  }
  return ranks.flat();
}
