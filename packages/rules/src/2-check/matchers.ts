// SPDX-License-Identifier: Apache-2.0
// From string literals to matchers. Which kind of pattern it is, the field decides, not the text:
// paths are matched component by component, other strings as a whole.

import { toByteString } from '@fimbul/schema';
import { RE2JS } from 're2js';
import type { TextTree, Tree } from '../1-parse/tree.ts';
import { type Diagnostic, quote, shorten } from '../diagnostics.ts';
import type { Span } from '../source-text.ts';
import { compileGlob } from './glob.ts';
import type { TextsOperand } from './operand.ts';
import { repeatProblems, report, type Scope, spendParts } from './scope.ts';
import { warnPattern } from './slips.ts';
import type { StringMatcher } from './typed.ts';

/** How a plain string is meant, and what to suggest when it holds a wildcard. */
export type PlainMeaning = 'pattern' | 'exact' | 'exact-negated' | 'member';

type Literal = Pick<TextTree, 'text' | 'style' | 'origin' | 'span'>;

/** What literals are compared with: a path or another string, a domain name or not. */
export type MatchStyle = { readonly match: 'glob' | 'pattern'; readonly isDomain: boolean };

const starAdvice: Readonly<Record<Exclude<PlainMeaning, 'pattern'>, (text: string) => string>> = {
  exact: (text) => `for a wildcard, use =~ ${text}`,
  'exact-negated': (text) => `for a wildcard, use !~ ${text}`,
  member: (text) => `for a wildcard, write ~${text}`,
};

/** Values are never patterns, whatever marks they have. */
function adviseValue(text: string): string {
  const marked = /^"([~r]".*")"$/s.exec(text)?.[1] ?? `~${text}`;
  return `values are plain: for a wildcard, write expression: '[${marked}]' instead`;
}

/** Warns where a plain string holds a wildcard that is none. */
function warnStar(
  scope: Scope,
  { text, origin, span }: Literal,
  plain: Exclude<PlainMeaning, 'pattern'>,
): void {
  if (!text.includes('*')) return;
  const advise = origin === 'values' ? adviseValue : starAdvice[plain];
  const suggestion = advise(quote(text));
  report(scope, 'FR2001', { text: quote(text), suggestion }, span);
}

/** Warns of a wildcard in a string with values, which cannot be a pattern. */
export function warnTemplateStar(scope: Scope, text: string, span: Span): void {
  if (!text.includes('*')) return;
  const pattern = quote(text.replace(/[$%]\{[^}]*\}/g, '*'));
  const suggestion = `a pattern holds no values, the nearest is ~${pattern}`;
  report(scope, 'FR2001', { text: quote(text), suggestion }, span);
}

/** ASCII letters in lower case; other bytes as they are. */
export function lowerBytes(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Compiles one literal; null when it has an error, which is then reported. */
export function makeMatcher(
  scope: Scope,
  literal: Literal,
  plain: PlainMeaning,
  { match, isDomain }: MatchStyle,
): StringMatcher | null {
  const { text, style, span } = literal;
  if (style === 'regexp') return makeRegexp(scope, literal, isDomain);
  const bytes = isDomain ? lowerBytes(toByteString(text)) : toByteString(text);
  if (style === 'string' && plain !== 'pattern') {
    warnStar(scope, literal, plain);
    return { kind: 'exact', value: bytes };
  }
  warnPattern(scope, literal, plain, match);
  const isExact = text !== '' && !text.includes('*');
  if (match === 'pattern') {
    return isExact ? { kind: 'exact', value: bytes } : { kind: 'pattern', pattern: bytes };
  }
  const glob = compileGlob(bytes);
  if (glob === null) {
    report(scope, 'FR1011', {}, span);
    return null;
  }
  return isExact ? { kind: 'exact', value: bytes } : { kind: 'glob', glob };
}

function makeRegexp(
  scope: Scope,
  { text, span }: Pick<TextTree, 'text' | 'span'>,
  isDomain: boolean,
): StringMatcher | null {
  const regexp = isDomain ? `(?i)${text}` : text;
  try {
    RE2JS.compile(regexp);
    return { kind: 'regexp', regexp };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(/^error parsing regexp: /, '').replace('(?i)', '');
    report(scope, 'FR1010', { reason: shorten(reason) }, span);
    return null;
  }
}

type ListMatchers = {
  readonly matchers: readonly StringMatcher[] | null;
  readonly problems: readonly Diagnostic[];
};

// A memo by identity: an entry depends on its tree alone and goes with it.
const matchersOfTrees = new WeakMap<Tree, Map<string, ListMatchers>>();

/** Compiles the literals of a list, once for all its uses; null when one has an error. */
export function getLiteralMatchers(
  scope: Scope,
  { tree, literals, span }: TextsOperand,
  style: MatchStyle,
): readonly StringMatcher[] | null {
  const key = `${style.match} ${style.isDomain}`;
  const known = matchersOfTrees.get(tree)?.get(key);
  if (known) {
    repeatProblems(scope, known.problems);
    if (known.matchers === null) scope.hasErrors = true;
    return known.matchers;
  }
  if (!spendParts(scope, literals.length, span)) return null;
  const before = scope.problems.length;
  const made = literals.map((literal) => makeMatcher(scope, literal, 'member', style));
  const matchers = made.every((matcher) => matcher !== null) ? made : null;
  const ofTree = matchersOfTrees.get(tree) ?? new Map<string, ListMatchers>();
  matchersOfTrees.set(tree, ofTree.set(key, { matchers, problems: scope.problems.slice(before) }));
  return matchers;
}
