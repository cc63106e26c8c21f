// SPDX-License-Identifier: Apache-2.0
// Tokens of an expression as a formatter needs them: operators of several characters are one, it
// is known which operators have one operand, and every comment is kept with the token after it.

import type { Token } from '../1-parse/lexer.ts';

export type Comment = {
  /** The whole comment with its sign. */
  readonly text: string;
  /** False where something stands before it on its line. */
  readonly ownLine: boolean;
  /** True where an empty line is before it. */
  readonly blankBefore: boolean;
};

export type LexemeKind =
  | 'operand'
  | 'logic'
  | 'binary'
  | 'unary'
  | 'open'
  | 'close'
  | 'open list'
  | 'close list'
  | 'comma'
  | 'end';

export type Lexeme = {
  readonly kind: LexemeKind;
  readonly text: string;
  readonly comments: readonly Comment[];
  /** True where it is the first on its line. */
  readonly startsLine: boolean;
  /** True where an empty line is right before it. */
  readonly blankBefore: boolean;
};

const wordOperators: Readonly<Record<string, LexemeKind>> = {
  and: 'logic',
  or: 'logic',
  in: 'binary',
  allin: 'binary',
};

const brackets: Readonly<Record<string, LexemeKind>> = {
  '(': 'open',
  ')': 'close',
  '[': 'open list',
  ']': 'close list',
  ',': 'comma',
};

const pairs = new Set(['>=', '<=', '!=', '==', '=~', '!~', '&&', '||']);

/** Makes lexemes of the tokens of an expression that parses; the last is its end. */
export function readLexemes(text: string, tokens: readonly Token[]): readonly Lexeme[] {
  const lexemes: Lexeme[] = [];
  let end = 0;
  for (let index = 0; index < tokens.length; ) {
    const token = tokens[index] as Token;
    const { kind, count } = classify(tokens, index, lexemes.at(-1)?.kind);
    const parts = tokens.slice(index, index + count);
    // Between the characters of one operator there may be comments as well.
    const gaps = parts.map((part, at) =>
      text.slice(at === 0 ? end : (parts[at - 1]?.end ?? 0), part.start),
    );
    const words = token.kind === 'identifier' ? ' ' : '';
    const gap = readGap(gaps.join(''), end === 0);
    lexemes.push({ kind, text: parts.map((part) => part.text).join(words), ...gap });
    end = parts.at(-1)?.end ?? end;
    index += count;
  }
  return lexemes;
}

/** Says what the token at an index begins, and of how many tokens that is made. */
function classify(
  tokens: readonly Token[],
  index: number,
  before: LexemeKind | undefined,
): { readonly kind: LexemeKind; readonly count: number } {
  const token = tokens[index] as Token;
  const next = tokens[index + 1];
  const followsOperand = before === 'operand' || before === 'close' || before === 'close list';
  if (token.kind === 'end') return { kind: 'end', count: 1 };
  if (token.kind === 'identifier') {
    if (token.text === 'not') {
      const isPair = followsOperand && next?.kind === 'identifier' && next.text === 'in';
      return isPair ? { kind: 'binary', count: 2 } : { kind: 'unary', count: 1 };
    }
    const operator = Object.hasOwn(wordOperators, token.text) ? wordOperators[token.text] : null;
    return { kind: operator ?? 'operand', count: 1 };
  }
  if (token.kind !== 'punctuation') return { kind: 'operand', count: 1 };
  const bracket = brackets[token.text];
  if (bracket !== undefined) return { kind: bracket, count: 1 };
  if (!followsOperand) return { kind: 'unary', count: 1 };
  const pair = next?.kind === 'punctuation' ? token.text + next.text : '';
  if (!pairs.has(pair)) return { kind: 'binary', count: 1 };
  return { kind: pair === '&&' || pair === '||' ? 'logic' : 'binary', count: 2 };
}

/** Reads what stands between two tokens: white space and comments. */
function readGap(
  gap: string,
  isStart: boolean,
): Pick<Lexeme, 'comments' | 'startsLine' | 'blankBefore'> {
  const comments: Comment[] = [];
  let lineBreaks = isStart ? 1 : 0;
  for (const [piece] of gap.matchAll(/(?:#|\/\/)[^\n]*|\n/g)) {
    if (piece === '\n') {
      lineBreaks++;
      continue;
    }
    comments.push({
      text: piece.trimEnd(),
      ownLine: lineBreaks > 0,
      blankBefore: lineBreaks > 1,
    });
    lineBreaks = 0;
  }
  return { comments, startsLine: lineBreaks > 0, blankBefore: lineBreaks > 1 };
}
