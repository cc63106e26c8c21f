// SPDX-License-Identifier: Apache-2.0
// A text that every match of a regular expression contains, so that most strings are refused by one
// search for it. It is read off a plain sequence of characters outside of groups; whatever could
// make it optional or change its letters gives none. Only ASCII, which bytes and text share.

const escapedLiteral = /[!-/:-@[-`{-~]/;
const literalMin = 3;

/** One piece of a regular expression: a character that must be there, or something else. */
type Piece = { readonly literal: string | null; readonly end: number };

function skipClass(regexp: string, start: number): number | null {
  let at = start + 1;
  if (regexp[at] === '^') at++;
  // A bracket that comes first stands for itself.
  if (regexp[at] === ']') at++;
  for (; at < regexp.length; at++) {
    if (regexp[at] === '\\') at++;
    else if (regexp.startsWith('[:', at)) {
      const end = regexp.indexOf(':]', at + 2);
      if (end !== -1) at = end + 1;
    } else if (regexp[at] === ']') return at + 1;
  }
  return null;
}

function skipGroup(regexp: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < regexp.length; at++) {
    const character = regexp[at];
    if (character === '\\') {
      if (regexp[at + 1] === 'Q') return null;
      at++;
    } else if (character === '[') {
      const end = skipClass(regexp, at);
      if (end === null) return null;
      at = end - 1;
    } else if (character === '(') {
      depth++;
      // Flags may make letters match in both cases, here and in what follows.
      if (regexp[at + 1] === '?' && !regexp.startsWith('(?:', at)) return null;
    } else if (character === ')') {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

/** Reads a piece; null where this reader does not know for sure. */
function readPiece(regexp: string, at: number): Piece | null {
  const character = regexp[at] ?? '';
  const skip = (end: number | null): Piece | null => (end === null ? null : { literal: null, end });
  switch (character) {
    case '|':
    case ')':
      return null;
    case '(':
      return skip(skipGroup(regexp, at));
    case '[':
      return skip(skipClass(regexp, at));
    case '.':
    case '^':
    case '$':
      return skip(at + 1);
    case '\\': {
      const escaped = regexp[at + 1] ?? '';
      if (escapedLiteral.test(escaped)) return { literal: escaped, end: at + 2 };
      // Classes and places of one letter; numbers, names and quotations are not read.
      return /[dDsSwWbB]/.test(escaped) ? skip(at + 2) : null;
    }
    default:
      return character > ' ' && character <= '~'
        ? { literal: character, end: at + 1 }
        : { literal: null, end: at + 1 };
  }
}

/** Returns the longest text that all matches contain; null where none is certain. */
export function findRequiredLiteral(regexp: string): string | null {
  let best = '';
  let run = '';
  const finish = (): void => {
    if (run.length > best.length) best = run;
    run = '';
  };
  let at = 0;
  while (at < regexp.length) {
    const piece = readPiece(regexp, at);
    if (piece === null) return null;
    at = piece.end;
    const quantifier = regexp[at] ?? '';
    if (piece.literal === null) finish();
    else if (!'*?{+'.includes(quantifier) || quantifier === '') run += piece.literal;
    else if (quantifier === '+') {
      run += piece.literal;
      finish();
    } else finish();
    if (quantifier === '{') {
      const end = regexp.indexOf('}', at);
      if (end === -1) return null;
      at = end + 1;
      finish();
    }
    while (at < regexp.length && '*?+'.includes(regexp[at] ?? '')) at++;
  }
  finish();
  return best.length >= literalMin ? best : null;
}
