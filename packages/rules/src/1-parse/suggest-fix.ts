// SPDX-License-Identifier: Apache-2.0
// What to write instead, where an expression does not follow the grammar: the slips that other
// languages teach. Looks at the text around the place, and never decides what an expression means.

import type { Token } from './lexer.ts';

export type WrongPlace = {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Of the token that nothing was expected to be. */
  readonly index: number;
  /** What was expected instead. */
  readonly expected: string;
};

/** Words of other languages, in small letters, and what is written here. */
const wordCures: Readonly<Record<string, string>> = {
  and: 'it is written "and" or &&',
  or: 'it is written "or" or ||',
  not: 'it is written "not" or !',
  in: 'it is written "in"',
  allin: 'it is written "allin"',
  notin: 'it is written "not in"',
  not_in: 'it is written "not in"',
  nin: 'it is written "not in"',
  matches: 'a pattern is compared by =~ "/etc/*", a regular expression by =~ r"^x"',
  like: 'a pattern is compared by =~ "/etc/*"',
  glob: 'a pattern is compared by =~ "/etc/*"',
  regex: 'a regular expression is compared by =~ r"^x"',
  contains: 'write =~ "*text*", or "text" in for a list',
  startswith: 'write =~ "text*"',
  starts_with: 'write =~ "text*"',
  endswith: 'write =~ "*text"',
  ends_with: 'write =~ "*text"',
  is: 'equality is written ==',
  eq: 'equality is written ==',
  equals: 'equality is written ==',
  ne: 'inequality is written !=',
  gt: 'write >',
  ge: 'write >=',
  lt: 'write <',
  le: 'write <=',
};

/** Units as others write them: how many of which unit here. */
const unitCures: Readonly<Record<string, readonly [count: bigint, unit: string]>> = {
  ...{ ms: [1n, 'ms'], msec: [1n, 'ms'], msecs: [1n, 'ms'] },
  ...{ millisecond: [1n, 'ms'], milliseconds: [1n, 'ms'], millis: [1n, 'ms'] },
  ...{ s: [1n, 's'], sec: [1n, 's'], secs: [1n, 's'], second: [1n, 's'], seconds: [1n, 's'] },
  ...{ m: [1n, 'm'], min: [1n, 'm'], mins: [1n, 'm'], minute: [1n, 'm'], minutes: [1n, 'm'] },
  ...{ h: [1n, 'h'], hr: [1n, 'h'], hrs: [1n, 'h'], hour: [1n, 'h'], hours: [1n, 'h'] },
  ...{ d: [24n, 'h'], day: [24n, 'h'], days: [24n, 'h'] },
  ...{ w: [168n, 'h'], week: [168n, 'h'], weeks: [168n, 'h'] },
};

/** Says what to write instead. */
export function suggestFix(place: WrongPlace): string {
  return (
    suggestNumber(place) ??
    suggestWord(place) ??
    suggestSign(place) ??
    suggestList(place) ??
    (getToken(place, 0)?.kind === 'end'
      ? 'the expression stops too early'
      : 'check the operators and parentheses before this place')
  );
}

function getToken({ tokens, index }: WrongPlace, ahead: number): Token | undefined {
  return tokens[index + ahead];
}

function isMark(token: Token | undefined, marks: string): boolean {
  return token?.kind === 'punctuation' && marks.includes(token.text);
}

/** A number is cut where its digits or its unit end, so it is one of the tokens before. */
function suggestNumber(place: WrongPlace): string | null {
  for (const token of [getToken(place, -1), getToken(place, -2)]) {
    if (token?.kind !== 'integer' && token?.kind !== 'duration') continue;
    const text = place.text.slice(token.start, token.start + 40);
    const cure = curePrefix(text) ?? cureUnit(text);
    if (cure !== null) return cure;
  }
  return null;
}

function curePrefix(text: string): string | null {
  const [prefixed] = /^0(?:x[\da-f]+|o[0-7]+|b[01]+)\b/i.exec(text) ?? [];
  if (prefixed !== undefined) return `numbers are decimal: write ${BigInt(prefixed)}`;
  const [grouped] = /^\d+(?:_\d+)+\b/.exec(text) ?? [];
  return grouped === undefined ? null : `write ${grouped.replaceAll('_', '')}`;
}

function cureUnit(text: string): string | null {
  const [written, digits = '', space = '', word = ''] = /^(\d+)(\s*)([a-z]+)/i.exec(text) ?? [];
  const unit = Object.hasOwn(unitCures, word.toLowerCase())
    ? unitCures[word.toLowerCase()]
    : undefined;
  if (written === undefined || unit === undefined) return null;
  const cure = `${BigInt(digits) * unit[0]}${unit[1]}`;
  if (space === '' && cure === written) return null;
  return `a duration is digits and ms, s, m or h, without a space: write ${cure}`;
}

function suggestWord(place: WrongPlace): string | null {
  // NOT and the like are taken for the name of a field: the place that is wrong is behind it.
  for (const token of [getToken(place, 0), getToken(place, -1)]) {
    if (token?.kind !== 'identifier') continue;
    const lower = token.text.toLowerCase();
    const cure = Object.hasOwn(wordCures, lower) ? wordCures[lower] : undefined;
    if (cure !== undefined && !isOperator(token.text)) return cure;
  }
  return null;
}

function isOperator(text: string): boolean {
  return /^(?:and|or|not|in|allin)$/.test(text);
}

function suggestSign(place: WrongPlace): string | null {
  const token = getToken(place, 0);
  if (token?.kind === 'integer' && /^[-+]/.test(token.text)) {
    const [sign, ...digits] = token.text;
    return `a sign before digits is part of the number: write "${sign} ${digits.join('')}"`;
  }
  if (isMark(token, '=')) return 'equality is written ==';
  if (isMark(token, '>') && isMark(getToken(place, -1), '<')) return 'inequality is written !=';
  return null;
}

function suggestList(place: WrongPlace): string | null {
  const token = getToken(place, 0);
  const before = getToken(place, -1);
  if (isMark(token, '[]') && before?.kind === 'identifier' && before.end === token?.start) {
    return 'brackets hold a register or a number, as in process.ancestors[A].pid';
  }
  if (isMark(token, ']')) return 'a list has at least one member and no comma at its end';
  if (token?.kind === 'duration' && place.expected === 'a list member') {
    return 'durations stand in no list: compare with each by ==';
  }
  return place.expected === 'a list' && token?.kind !== 'end'
    ? 'a list stands in brackets, as in ["a", "b"]'
    : null;
}
