// SPDX-License-Identifier: Apache-2.0
// Colours for expressions, a line at a time, as editors ask for them. Tokens are those of the
// language's own lexer, so that what an editor shows is what the compiler reads. Styles are names
// of highlighting tags as CodeMirror knows them; whoever shows expressions may map them.

import { findHostField, integerConstants } from '@fimbul/schema';
import { cutTemplate } from '../1-parse/interpolation.ts';
import { matchToken, type TokenKind } from '../1-parse/lexer.ts';
import { createPlainExpression } from '../source-text.ts';

export type ExpressionStyle =
  | 'comment'
  /** A plain string. */
  | 'string'
  /** A pattern. */
  | 'string.special'
  | 'regexp'
  | 'integer'
  /** A duration. */
  | 'number'
  /** An address or a network. */
  | 'literal'
  | 'bool'
  /** A field. */
  | 'propertyName'
  /** A constant of the language. */
  | 'variableName.constant'
  /** A macro, or a name that is not known here. */
  | 'macroName'
  /** A variable, `${…}`. */
  | 'variableName.special'
  /** A reference to a field, `%{…}`. */
  | 'propertyName.special'
  /** `in`, `and` and other words. */
  | 'operatorKeyword'
  | 'logicOperator'
  | 'compareOperator'
  | 'arithmeticOperator'
  | 'bitwiseOperator'
  | 'operator'
  | 'paren'
  | 'squareBracket'
  | 'separator'
  | 'invalid';

/** A part of a line and its style; white space has none. */
export type Highlight<Style extends string = ExpressionStyle> = {
  readonly from: number;
  readonly to: number;
  readonly style: Style;
};

/** How the literal begins that is still open at the end of a line; null where none is. */
export type OpenLiteral = '"' | '~"' | 'r"' | null;

export type HighlightedLine = {
  readonly highlights: readonly Highlight[];
  readonly open: OpenLiteral;
};

const words = new Set(['and', 'or', 'not', 'in', 'allin']);

const literalStyles = { '"': 'string', '~"': 'string.special', 'r"': 'regexp' } as const;

/** Highlights a line of an expression, or all of one; `open` is what the line before left open. */
export function highlightExpression(line: string, open: OpenLiteral = null): HighlightedLine {
  const highlights: Highlight[] = [];
  let at = 0;
  if (open !== null) {
    // Read with its beginning in front of it, the rest of the literal is a token.
    const match = matchToken(open + line, 0);
    const isClosed = match !== null && isLiteral(match.kind);
    at = isClosed ? match.length - open.length : line.length;
    addLiteral(highlights, line.slice(0, at), { at: 0, style: literalStyles[open] });
    if (!isClosed) return { highlights, open };
  }
  while (at < line.length) {
    const match = matchToken(line, at);
    const opened = findOpenLiteral(line, { at, match });
    if (opened !== null) {
      addLiteral(highlights, line.slice(at), { at, style: literalStyles[opened] });
      return { highlights, open: opened };
    }
    at = addToken(highlights, line, { at, match });
  }
  return { highlights, open: null };
}

function isLiteral(kind: TokenKind | 'skip'): boolean {
  return kind === 'string' || kind === 'pattern' || kind === 'regexp';
}

type Match = ReturnType<typeof matchToken>;

/** Says which literal begins at a position without an end; null where none does. */
export function findOpenLiteral(
  text: string,
  { at, match }: { readonly at: number; readonly match: Match },
): OpenLiteral {
  if (match !== null && isLiteral(match.kind)) return null;
  if (text[at] === '"') return '"';
  if (text.startsWith('~"', at)) return '~"';
  return text.startsWith('r"', at) ? 'r"' : null;
}

/** Adds the token at a position; returns where the next one begins. */
function addToken(
  highlights: Highlight[],
  line: string,
  { at, match }: { readonly at: number; readonly match: Match },
): number {
  const to = at + (match?.length ?? 1);
  const text = line.slice(at, to);
  const add = (style: ExpressionStyle, end = to): number => {
    highlights.push({ from: at, to: end, style });
    return end;
  };
  switch (match?.kind) {
    case 'skip':
      for (const comment of text.matchAll(/(?:#|\/\/)[^\n]*/g)) {
        const from = at + comment.index;
        highlights.push({ from, to: from + comment[0].length, style: 'comment' });
      }
      return to;
    case 'cidr':
    case 'ip':
      return add('literal');
    case 'variable':
      return add('variableName.special');
    case 'reference':
      return add('propertyName.special');
    case 'duration':
      return add('number');
    case 'integer':
      return add('integer');
    case 'regexp':
      return add('regexp');
    case 'string':
    case 'pattern': {
      const style = match.kind === 'string' ? 'string' : 'string.special';
      addLiteral(highlights, text, { at, style });
      return to;
    }
    case 'identifier':
      return add(getNameStyle(text));
    case 'punctuation':
      return addOperator(highlights, line, at);
    case 'end':
    case undefined:
      return add('invalid', at + String.fromCodePoint(line.codePointAt(at) ?? 0).length);
  }
}

function getNameStyle(name: string): ExpressionStyle {
  if (words.has(name)) return 'operatorKeyword';
  if (name === 'true' || name === 'false') return 'bool';
  if (integerConstants.has(name)) return 'variableName.constant';
  // Most names of fields have a dot; those of a host may have none.
  return /[.[]/.test(name) || findHostField(name) ? 'propertyName' : 'macroName';
}

const pair = /(?:[=!<>]\s*=|[=!]\s*~(?!")|&\s*&|\|\s*\|)/y;

/** Adds an operator or a bracket; two characters may be one operator, with space between them. */
function addOperator(highlights: Highlight[], line: string, at: number): number {
  pair.lastIndex = at;
  const text = pair.exec(line)?.[0] ?? line[at] ?? '';
  const to = at + text.length;
  highlights.push({ from: at, to, style: getOperatorStyle(text) });
  return to;
}

function getOperatorStyle(text: string): ExpressionStyle {
  switch (text[0]) {
    case '&':
    case '|':
      return text.length > 1 ? 'logicOperator' : 'bitwiseOperator';
    case '!':
      return text.length > 1 ? 'compareOperator' : 'logicOperator';
    case '=':
    case '<':
    case '>':
    case '~':
      return 'compareOperator';
    case '+':
    case '-':
      return 'arithmeticOperator';
    case '^':
      return 'bitwiseOperator';
    case '(':
    case ')':
      return 'paren';
    case '[':
    case ']':
      return 'squareBracket';
    case ',':
      return 'separator';
    default:
      return 'operator';
  }
}

/** Adds a literal, or a piece of one, with the values that are put into it. */
function addLiteral(
  highlights: Highlight[],
  text: string,
  { at, style }: { readonly at: number; readonly style: 'string' | 'string.special' | 'regexp' },
): void {
  if (text === '') return;
  const source = createPlainExpression('', text);
  const parts = style === 'string' ? cutTemplate({ source, start: 0, end: text.length }) : null;
  if (parts === null) {
    highlights.push({ from: at, to: at + text.length, style });
    return;
  }
  const styles = {
    text: style,
    variable: 'variableName.special',
    reference: 'propertyName.special',
  } as const;
  for (const { kind, span } of parts) {
    highlights.push({ from: at + span.start, to: at + span.end, style: styles[kind] });
  }
}
