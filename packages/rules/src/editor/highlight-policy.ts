// SPDX-License-Identifier: Apache-2.0
// Colours for policy files, a line at a time: YAML as policies are written, and expressions inside
// of its scalars in every style. What a line leaves open is one plain value, so that an editor can
// begin anywhere. Nothing is an error here: the compiler tells what is wrong.

import type { Highlight } from './highlight-expression.ts';
import { readFlow } from './policy-flow.ts';
import {
  addMark,
  continueScalar,
  expressionKeys,
  expressionListKeys,
  type PolicyLine,
  type PolicyScanner,
  type PolicyStyle,
  type PolicyValue,
  readEnd,
  readProperties,
  readScalar,
  skipSpace,
} from './policy-scanner.ts';

/** What stands before the first line. */
export const startOfPolicy: PolicyLine = { scalar: null, pending: null, list: null, flow: [] };

export type HighlightedPolicyLine = {
  readonly highlights: readonly Highlight<PolicyStyle>[];
  /** What the line leaves open. */
  readonly line: PolicyLine;
};

/** Highlights a line of a policy file. */
export function highlightPolicyLine(text: string, before: PolicyLine): HighlightedPolicyLine {
  const scanner: PolicyScanner = { text, at: 0, highlights: [], ...before };
  const isContinued = continueScalar(scanner);
  if (!isContinued || scanner.at < text.length) {
    if (scanner.flow.length > 0) readFlow(scanner);
    else if (!isContinued) readBlockLine(scanner);
    readEnd(scanner);
  }
  const { highlights, scalar, pending, list, flow } = scanner;
  return { highlights, line: { scalar, pending, list, flow } };
}

const plainKey = /(?![#&*!|>%@`"'{}[\],])\S(?:[^:#]|:(?=\S)|(?<=\S)#)*?(?=[ \t]*:(?:[ \t]|$))/y;
const quotedKey = /(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?=[ \t]*:(?:[ \t]|$))/y;

function readBlockLine(scanner: PolicyScanner): void {
  const { text } = scanner;
  skipSpace(scanner);
  const column = scanner.at;
  if (column === text.length || text[column] === '#') return;
  if (column === 0 && /^(?:---|\.\.\.)(?:[ \t]|$)/.test(text)) {
    addMark(scanner, 3, 'meta');
  } else if (text[0] === '%') {
    addMark(scanner, text.length, 'meta');
    return;
  }
  if (scanner.list !== null && column < scanner.list) scanner.list = null;
  const { pending } = scanner;
  scanner.pending = null;
  const dash = readDashes(scanner);
  readProperties(scanner);
  const key = readKey(scanner);
  if (key !== null) {
    scanner.list = expressionListKeys.has(key.name) ? key.column : null;
    readBlockValue(scanner, {
      column: key.column,
      isExpression: expressionKeys.has(key.name),
      holdsExpressions: expressionListKeys.has(key.name),
    });
  } else if (dash !== null) {
    const isExpression = scanner.list !== null;
    readBlockValue(scanner, { column: dash, isExpression, holdsExpressions: false });
  } else if (pending !== null && column > pending.column) {
    readBlockValue(scanner, pending);
  } else {
    readBlockValue(scanner, { column: column - 1, isExpression: false, holdsExpressions: false });
  }
}

/** Reads the dashes of list items; returns the column of the last. */
function readDashes(scanner: PolicyScanner): number | null {
  let column: number | null = null;
  while (/^[-?](?:[ \t]|$)/.test(scanner.text.slice(scanner.at, scanner.at + 2))) {
    if (scanner.text[scanner.at] === '-') column = scanner.at;
    addMark(scanner, 1, 'punctuation');
    skipSpace(scanner);
  }
  if (column !== null && scanner.list !== null && column < scanner.list) scanner.list = null;
  return column;
}

function readKey(
  scanner: PolicyScanner,
): { readonly name: string; readonly column: number } | null {
  const { text, at: column } = scanner;
  plainKey.lastIndex = column;
  quotedKey.lastIndex = column;
  const written = plainKey.exec(text)?.[0] ?? quotedKey.exec(text)?.[0];
  if (written === undefined) return null;
  addMark(scanner, written.length, 'propertyName.definition');
  skipSpace(scanner);
  addMark(scanner, 1, 'punctuation');
  return { name: written.replace(/^(["'])(.*)\1$/, '$2'), column };
}

function readBlockValue(scanner: PolicyScanner, value: PolicyValue): void {
  skipSpace(scanner);
  readProperties(scanner);
  const { text, at } = scanner;
  const next = text[at];
  if (next === undefined || next === '#') {
    scanner.pending = value;
  } else if (next === '{' || next === '[') {
    readFlow(scanner, value);
  } else {
    readScalar(scanner, value);
  }
}
