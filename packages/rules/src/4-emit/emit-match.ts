// SPDX-License-Identifier: Apache-2.0
// String literals as JavaScript: exact strings become === or a set, the usual shapes of patterns
// startsWith, endsWith and includes, and the rest calls a precompiled matcher.

import { fromByteString } from '@fimbul/schema';
import { RE2JS } from 're2js';
import { type Glob, matchesGlob, matchesPattern } from '../2-check/glob.ts';
import type { StringMatcher } from '../2-check/typed.ts';
import { type Code, type Constants, code, joinCode, makeInteger } from './code.ts';

/** More exact strings than this are looked up in a set. */
const comparisonsMax = 3;

/** Emits whether any of the matchers accepts; `first` reads the subject, `again` reads it anew. */
export function emitMatchers(
  constants: Constants,
  matchers: readonly StringMatcher[],
  first: Code,
  again: Code,
): Code {
  const exact = matchers.filter((matcher) => matcher.kind === 'exact').map(({ value }) => value);
  const parts: Emitter[] = [];
  if (exact.length > comparisonsMax) {
    parts.push((subject) => code`${constants.add(new Set(exact))}.has(${subject()})`);
  } else {
    for (const value of exact)
      parts.push((subject) => code`${subject()} === ${constants.add(value)}`);
  }
  for (const matcher of orderMatchers(matchers)) {
    parts.push((subject) => emitMatcher(constants, matcher, subject));
  }
  let isFirst = true;
  const readSubject = () => {
    const subject = isFirst ? first : again;
    isFirst = false;
    return subject;
  };
  return code`(${joinCode(
    parts.map((emit) => emit(readSubject)),
    ' || ',
  )})`;
}

/** Emits one test; it asks for its subject in the order in which the code reads it. */
type Emitter = (subject: () => Code) => Code;

type WildMatcher = Exclude<StringMatcher, { readonly kind: 'exact' }>;

function orderMatchers(matchers: readonly StringMatcher[]): readonly WildMatcher[] {
  const wild = matchers.filter((matcher) => matcher.kind !== 'exact');
  return [
    ...wild.filter((matcher) => matcher.kind !== 'regexp'),
    ...wild.filter((matcher) => matcher.kind === 'regexp'),
  ];
}

function emitMatcher(constants: Constants, matcher: WildMatcher, subject: () => Code): Code {
  switch (matcher.kind) {
    case 'glob':
      return emitGlob(constants, matcher.glob, subject);
    case 'pattern':
      return emitPattern(constants, matcher.pattern, subject);
    case 'regexp':
      return code`${constants.add(createRegexpMatcher(matcher.regexp))}(${subject()})`;
  }
}

/** A regular expression sees text, so the bytes are decoded, only when it is asked. */
function createRegexpMatcher(regexp: string): (value: string) => boolean {
  const compiled = RE2JS.compile(regexp);
  return (value) => compiled.test(fromByteString(value).text);
}

function isLiteral(components: readonly string[]): boolean {
  return components.every((component) => !component.includes('*'));
}

function emitGlob(constants: Constants, glob: Glob, subject: () => Code): Code {
  const { prefix, suffix } = glob;
  if (suffix !== null && isLiteral(prefix) && isLiteral(suffix)) {
    return emitLiteralEnds(constants, glob, subject);
  }
  const parent = prefix.slice(0, -1);
  if (suffix === null && prefix.at(-1) === '*' && parent.length > 0 && isLiteral(parent)) {
    const directory = `${parent.join('/')}/`;
    const starts = code`${subject()}.startsWith(${constants.add(directory)})`;
    return code`(${starts} && ${subject()}.indexOf("/", ${makeInteger(directory.length)}) === -1)`;
  }
  const matcher = constants.add((path: string) => matchesGlob(glob, path));
  const start = glob.pattern.slice(0, glob.pattern.indexOf('*'));
  if (start.length < 2) return code`${matcher}(${subject()})`;
  const starts = code`${subject()}.startsWith(${constants.add(start)})`;
  return code`(${starts} && ${matcher}(${subject()}))`;
}

/** `/a/**`, `**` + `/b`, `/a/**` + `/b` and `**` with nothing but literal components. */
function emitLiteralEnds(constants: Constants, glob: Glob, subject: () => Code): Code {
  const { prefix, suffix } = glob;
  const tests: Code[] = [];
  if (prefix.length > 0) {
    const start = constants.add(`${prefix.join('/')}/`);
    tests.push(code`${subject()}.startsWith(${start})`);
  }
  if (suffix !== null && suffix.length > 0) {
    const end = constants.add(`/${suffix.join('/')}`);
    tests.push(code`${subject()}.endsWith(${end})`);
  }
  if (tests.length === 0) tests.push(code`${subject()} !== ""`);
  return code`(${joinCode(tests, ' && ')})`;
}

function emitPattern(constants: Constants, pattern: string, subject: () => Code): Code {
  const parts = pattern.split('*');
  const [first = '', middle = '', last = ''] = parts;
  if (parts.length === 2 && middle === '' && first !== '') {
    return code`${subject()}.startsWith(${constants.add(first)})`;
  }
  if (parts.length === 2 && first === '' && middle !== '') {
    return code`${subject()}.endsWith(${constants.add(middle)})`;
  }
  if (parts.length === 3 && first === '' && last === '' && middle !== '') {
    return code`${subject()}.includes(${constants.add(middle)})`;
  }
  return code`${constants.add((value: string) => matchesPattern(pattern, value))}(${subject()})`;
}
