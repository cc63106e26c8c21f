// SPDX-License-Identifier: Apache-2.0
// The layout of an expression: lines break before `&&` and `||`, inside parentheses and inside
// lists. Spaces and lines are all that changes: no token is added, removed or moved. A comment
// inside a comparison moves in front of it, one behind an operator behind the operand before it.

import {
  concat,
  endingText,
  fill,
  group,
  indent,
  type Layout,
  line,
  lineBreak,
  softLine,
} from './layout.ts';
import type { Comment, Lexeme, LexemeKind } from './lexemes.ts';

type Cursor = {
  readonly lexemes: readonly Lexeme[];
  /** True where empty lines are kept: with comments, they keep groups apart. */
  readonly keepsBlankLines: boolean;
  index: number;
};

/** What is joined by logical operators, or a member of a list. */
type Element = {
  readonly blankBefore: boolean;
  readonly leading: Comment[];
  readonly text: Layout;
  trailing: string | null;
};

type Series = { readonly elements: readonly Element[]; readonly tail: readonly Comment[] };

/** Lays out an expression that parses. */
export function layOutExpression(lexemes: readonly Lexeme[]): Layout {
  const keepsBlankLines = lexemes.some(({ comments }) => comments.length > 0);
  const cursor: Cursor = { lexemes, keepsBlankLines, index: 0 };
  const { elements, tail } = readChain(cursor);
  return group(concat(joinChain(elements), ...tail.map(followingComment)));
}

const endLexeme: Lexeme = {
  kind: 'end',
  text: '',
  comments: [],
  startsLine: false,
  blankBefore: false,
};

function peek(cursor: Cursor): Lexeme {
  return cursor.lexemes[cursor.index] ?? endLexeme;
}

function isAt(cursor: Cursor, ...kinds: readonly LexemeKind[]): boolean {
  return kinds.includes(peek(cursor).kind);
}

function advance(cursor: Cursor): Lexeme {
  const lexeme = peek(cursor);
  cursor.index++;
  return lexeme;
}

/** Reads operands and the operators between them, up to a closing parenthesis or the end. */
function readChain(cursor: Cursor): Series {
  const elements: Element[] = [];
  let comments = [...peek(cursor).comments];
  let operator: Lexeme | null = null;
  for (;;) {
    const isApart = peek(cursor).blankBefore || operator?.blankBefore === true;
    const blankBefore = isApart && cursor.keepsBlankLines;
    const { layout, inner } = readOperand(cursor);
    const text = operator === null ? layout : concat(`${operator.text} `, layout);
    elements.push({ blankBefore, leading: [...comments, ...inner], text, trailing: null });
    if (!isAt(cursor, 'logic')) break;
    operator = advance(cursor);
    comments = [...operator.comments, ...peek(cursor).comments];
    // An operator that begins its line belongs to what follows, and so does a comment behind it.
    const before = operator.startsLine ? operator.comments : comments;
    if (takeTrailing(elements, before)) comments.shift();
  }
  const { comments: tail } = peek(cursor);
  return { elements, tail: takeTrailing(elements, tail) ? tail.slice(1) : tail };
}

/** Gives the last element the comment on its line, if there is one. */
function takeTrailing(elements: readonly Element[], comments: readonly Comment[]): boolean {
  const [first] = comments;
  const last = elements.at(-1);
  if (first === undefined || first.ownLine || last === undefined) return false;
  last.trailing = first.text;
  return true;
}

type Operand = { readonly layout: Layout; readonly inner: readonly Comment[] };

/** Reads what stands between two logical operators; the comments before it are read already. */
function readOperand(cursor: Cursor): Operand {
  const parts: Layout[] = [];
  const inner: Comment[] = [];
  let before: Lexeme | null = null;
  while (!isAt(cursor, 'logic', 'close', 'end')) {
    const lexeme = advance(cursor);
    if (before !== null) {
      inner.push(...lexeme.comments);
      const at = cursor.index - 1;
      const isJoined = joinsFlags(cursor, at) || joinsFlags(cursor, at - 1);
      if (!isJoined && hasSpaceBetween(before, lexeme)) parts.push(' ');
    }
    if (lexeme.kind === 'open') parts.push(readParentheses(cursor));
    else if (lexeme.kind === 'open list') parts.push(readList(cursor));
    else parts.push(lexeme.text);
    before = lexeme;
  }
  return { layout: parts.length === 1 ? (parts[0] ?? '') : concat(...parts), inner };
}

function hasSpaceBetween(before: Lexeme, lexeme: Lexeme): boolean {
  if (before.kind === 'unary') {
    if (before.text === 'not') return true;
    // A sign right before digits would become part of the number.
    return before.text === '-' && /^[-+]?\d/.test(lexeme.text);
  }
  // The `~` of an operator may be part of the pattern that follows.
  return !(before.kind === 'binary' && (before.text === '=' || before.text === '!'));
}

/** True before and after a `|` between two names: flags are written as one word. */
function joinsFlags(cursor: Cursor, index: number): boolean {
  const { lexemes } = cursor;
  return (
    lexemes[index]?.kind === 'binary' &&
    lexemes[index]?.text === '|' &&
    lexemes[index - 1]?.kind === 'operand' &&
    lexemes[index + 1]?.kind === 'operand'
  );
}

function readParentheses(cursor: Cursor): Layout {
  const { elements, tail } = readChain(cursor);
  advance(cursor);
  const content = joinChain(elements);
  const [only, second] = elements;
  if (second === undefined && only && isBracketed(only) && tail.length === 0) {
    return concat('(', content, ')');
  }
  const comments = tail.map(followingComment);
  return group(concat('(', indent(concat(softLine, content, ...comments)), softLine, ')'));
}

/** True for a group in brackets without comments: one level of indentation serves both. */
function isBracketed({ text, leading, trailing }: Element): boolean {
  return (
    typeof text !== 'string' && text.kind === 'group' && leading.length === 0 && trailing === null
  );
}

function joinChain(elements: readonly Element[]): Layout {
  const parts = elements.map((element, index) => {
    const { text, trailing } = element;
    const layout = concat(
      ...leadingComments(element, index === 0),
      text,
      ...(trailing === null ? [] : [' ', endingText(trailing)]),
    );
    return index === 0 ? layout : concat(line, layout);
  });
  return concat(...parts);
}

function readList(cursor: Cursor): Layout {
  const elements: Element[] = [];
  let comments = [...peek(cursor).comments];
  while (!isAt(cursor, 'close list', 'end')) {
    const member = advance(cursor);
    const blankBefore = member.blankBefore && cursor.keepsBlankLines;
    elements.push({ blankBefore, leading: comments, text: member.text, trailing: null });
    if (!isAt(cursor, 'comma')) break;
    const comma = advance(cursor);
    comments = [...comma.comments, ...peek(cursor).comments];
    if (takeTrailing(elements, comments)) comments.shift();
  }
  const { comments: rest } = advance(cursor);
  const tail = takeTrailing(elements, rest) ? rest.slice(1) : rest;
  const items = elements.map((element, index) => {
    const { text, trailing } = element;
    return concat(
      ...leadingComments(element, index === 0),
      text,
      index < elements.length - 1 ? ',' : '',
      ...(trailing === null ? [] : [' ', endingText(trailing)]),
    );
  });
  const content = concat(softLine, fill(items), ...tail.map(followingComment));
  return group(concat('[', indent(content), softLine, ']'));
}

/** Comments on lines of their own, and empty lines; a series does not begin with an empty line. */
function leadingComments({ leading, blankBefore }: Element, isFirst: boolean): readonly Layout[] {
  const parts = leading.flatMap((comment, index): Layout[] => [
    ...(comment.blankBefore && !(isFirst && index === 0) ? [lineBreak] : []),
    endingText(comment.text),
    lineBreak,
  ]);
  if (blankBefore && !(isFirst && leading.length === 0)) parts.push(lineBreak);
  return parts;
}

function followingComment({ text, blankBefore }: Comment): Layout {
  return concat(...(blankBefore ? [lineBreak] : []), lineBreak, endingText(text));
}
