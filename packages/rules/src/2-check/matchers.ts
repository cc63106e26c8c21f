// SPDX-License-Identifier: Apache-2.0
// From string literals to matchers. Which kind of pattern it is, the field decides, not the text:
// paths are matched component by component, other strings as a whole.

import { type FieldSpec, toByteString } from '@fimbul/schema';
import { RE2JS } from 're2js';
import type { TextTree } from '../1-parse/tree.ts';
import { quote } from '../diagnostics.ts';
import { compileGlob } from './glob.ts';
import { report, type Scope } from './operand.ts';
import type { StringMatcher } from './typed.ts';

/** How a plain string is meant, and what to suggest when it holds a wildcard. */
export type PlainMeaning = 'pattern' | 'exact' | 'exact-negated' | 'member';

const starAdvice: Readonly<Record<Exclude<PlainMeaning, 'pattern'>, (text: string) => string>> = {
  exact: (text) => `for a wildcard, use =~ ${text}`,
  'exact-negated': (text) => `for a wildcard, use !~ ${text}`,
  member: (text) => `for a wildcard, write ~${text}`,
};

/** Compiles one literal; null when it has an error, which is then reported. */
export function makeMatcher(
  scope: Scope,
  literal: Pick<TextTree, 'text' | 'style' | 'span'>,
  plain: PlainMeaning,
  field: FieldSpec | null,
): StringMatcher | null {
  const { text, style, span } = literal;
  if (style === 'regexp') return makeRegexp(scope, literal);
  if (style === 'string' && plain !== 'pattern') {
    if (text.includes('*')) {
      const suggestion = starAdvice[plain](quote(text));
      report(scope, 'FR2001', { text: quote(text), suggestion }, span);
    }
    return { kind: 'exact', value: toByteString(text) };
  }
  const pattern = toByteString(text);
  if (field?.match === 'glob') {
    const glob = compileGlob(pattern);
    if (glob === null) {
      report(scope, 'FR1011', {}, span);
      return null;
    }
    return text !== '' && !text.includes('*')
      ? { kind: 'exact', value: pattern }
      : { kind: 'glob', glob };
  }
  return text !== '' && !text.includes('*')
    ? { kind: 'exact', value: pattern }
    : { kind: 'pattern', pattern };
}

function makeRegexp(
  scope: Scope,
  { text, span }: Pick<TextTree, 'text' | 'span'>,
): StringMatcher | null {
  try {
    RE2JS.compile(text);
    return { kind: 'regexp', regexp: text };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(/^error parsing regexp: /, '');
    report(scope, 'FR1010', { reason }, span);
    return null;
  }
}
