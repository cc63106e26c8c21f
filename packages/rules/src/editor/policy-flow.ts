// SPDX-License-Identifier: Apache-2.0
// Collections between `{}` and `[]` in a policy file, as far as one line shows them.

import {
  addMark,
  addText,
  expressionKeys,
  expressionListKeys,
  type FlowLevel,
  type OpenScalar,
  type PolicyScanner,
  type PolicyValue,
  readProperties,
  readScalar,
  skipSpace,
  trimSpace,
} from './policy-scanner.ts';

/** Reads on up to the end of the collection or of the line; `value` is given where one begins. */
export function readFlow(scanner: PolicyScanner, value?: PolicyValue): void {
  if (value !== undefined) openLevel(scanner, value.holdsExpressions);
  for (;;) {
    skipSpace(scanner);
    readProperties(scanner);
    const { text, at, flow } = scanner;
    const level = flow.at(-1);
    if (at >= text.length || level === undefined || scanner.scalar !== null) return;
    const next = text[at];
    switch (next) {
      case '#':
        return;
      case '{':
      case '[':
        openLevel(scanner, holdsExpressions(level));
        break;
      case '}':
      case ']':
        addMark(scanner, 1, 'punctuation');
        scanner.flow = flow.slice(0, -1);
        break;
      case ',':
        addMark(scanner, 1, 'punctuation');
        setKey(scanner, null);
        break;
      default:
        readItem(scanner, level);
    }
  }
}

function openLevel(scanner: PolicyScanner, holds: boolean): void {
  const kind = scanner.text[scanner.at] === '{' ? '{' : '[';
  addMark(scanner, 1, 'punctuation');
  const level: FlowLevel = { kind, key: null, holdsExpressions: kind === '[' && holds };
  scanner.flow = [...scanner.flow, level];
}

function holdsExpressions({ kind, key, holdsExpressions: holds }: FlowLevel): boolean {
  return kind === '[' ? holds : key !== null && expressionListKeys.has(key);
}

function setKey(scanner: PolicyScanner, key: string | null): void {
  const level = scanner.flow.at(-1);
  if (level !== undefined) scanner.flow = [...scanner.flow.slice(0, -1), { ...level, key }];
}

const quotedKey = /(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?=[ \t]*:)/y;

function readItem(scanner: PolicyScanner, level: FlowLevel): void {
  const { text, at } = scanner;
  if (
    /^:(?:[ \t,[\]{}]|$)/.test(text.slice(at, at + 2)) ||
    (text[at] === ':' && text[at - 1] === '"')
  ) {
    addMark(scanner, 1, 'punctuation');
    return;
  }
  const isExpression =
    level.kind === '[' ? level.holdsExpressions : expressionKeys.has(level.key ?? '');
  const isKey = level.kind === '{' && level.key === null;
  if (text[at] === '"' || text[at] === "'") {
    quotedKey.lastIndex = at;
    const key = isKey ? quotedKey.exec(text)?.[0] : undefined;
    if (key === undefined) {
      readScalar(scanner, { column: -1, isExpression, holdsExpressions: false });
      return;
    }
    addMark(scanner, key.length, 'propertyName.definition');
    setKey(scanner, key.slice(1, -1));
    return;
  }
  const end = findPlainEnd(text, at);
  if (isKey) {
    addMark(scanner, end - at, 'propertyName.definition');
    setKey(scanner, text.slice(at, end));
    return;
  }
  const scalar: OpenScalar = {
    kind: 'plain',
    column: -1,
    isExpression,
    open: null,
    isCommented: false,
    blockColumn: null,
  };
  addText(scanner, scalar, end);
}

/** Finds where text without quotes ends: before a sign of the collection, or a comment. */
function findPlainEnd(text: string, from: number): number {
  const end = /[,[\]{}]|:(?=[ \t,[\]{}]|$)|[ \t]#/g;
  end.lastIndex = from + 1;
  const found = end.exec(text)?.index ?? text.length;
  return trimSpace(text, from + 1, found);
}
