// SPDX-License-Identifier: Apache-2.0
// From the name of a field to the operand that reads it: brackets choose an element of an iterator
// or an entry of a list; without them a field of many values is compared value by value.

import { type FieldSpec, type IteratorName, integerConstants } from '@fimbul/schema';
import { createDiagnostic, quote, shorten } from '../diagnostics.ts';
import { findNearestName } from '../nearest-name.ts';
import { locateSpan, type Span } from '../source-text.ts';
import { eventModel, getEventType, isDeclaredWhole } from './field-model.ts';
import { type Bracket, type FoundField, findDerived, parseFieldPath } from './field-path.ts';
import type { Derivation, Operand } from './operand.ts';
import { readDerived, readIteratorLength, readListLength } from './read-value.ts';
import { registersMax } from './registers.ts';
import { type CheckContext, repeatProblems, report, type Scope } from './scope.ts';
import type { ListNode, ValueSource } from './typed.ts';

const writtenFilePrefix = 'fim.write.file.';

/** No list is that long; what is beyond its end reads as zero. */
const indexMax = 0x7fffffff;

/** An element of an iterator that brackets choose. */
type Element =
  | { readonly from: 'register'; readonly binding: number }
  | { readonly from: 'index'; readonly index: number };

type Chosen = { readonly element: Element | null; readonly index: number | null };

/** Resolves the name of a field; null where it is none, and nothing was reported. */
export function resolveField(scope: Scope, written: string, span: Span): Operand | null {
  const { name, brackets } = parseFieldPath(written);
  const isWrittenFile = name.startsWith(writtenFilePrefix) && scope.model.hasEvents;
  if (isWrittenFile && !acceptWrittenFile(scope, span)) return { type: 'failed', span };
  const plain = isWrittenFile
    ? `${scope.changedFile}.${name.slice(writtenFilePrefix.length)}`
    : name;
  const iterator = findIterator(scope, plain.replace(/\.length$/, ''));
  if (iterator && plain.endsWith('.length') && brackets.length === 0) {
    return readIteratorLength(iterator, span);
  }
  const found = findDerived(scope.model, plain);
  if (!found) return null;
  if (!found.field.inRules) {
    report(scope, 'FR1103', { name: found.field.name }, span);
    return { type: 'failed', span };
  }
  const base = isWrittenFile ? found.base.replace(`${scope.changedFile}.`, writtenFilePrefix) : '';
  noteField(scope, found.field, span, base);
  const chosen = readBrackets(scope, brackets, found, span);
  if (chosen === null || !isDerivable(scope, found, chosen, span)) return { type: 'failed', span };
  return readField(found, chosen, span);
}

function acceptWrittenFile(scope: Scope, span: Span): boolean {
  scope.writtenFile ??= span;
  if (scope.changedFile !== null) return true;
  report(scope, 'FR1116', { owner: scope.owner }, span);
  return false;
}

function findIterator(scope: Scope, name: string): IteratorName | null {
  return scope.model.iterators.find((iterator) => iterator === name) ?? null;
}

/** Notes that the expression reads a field. */
function noteField(scope: Scope, field: FieldSpec, span: Span, writtenFileName: string): void {
  const name = writtenFileName || field.name;
  if (!scope.fieldsRead.has(name)) scope.fieldsRead.set(name, { field, span });
  if (writtenFileName === '' && field.event !== '*' && !scope.events.has(field.event)) {
    scope.events.set(field.event, span);
  }
}

/** Understands the brackets of a name; null where they are wrong, which is then reported. */
function readBrackets(
  scope: Scope,
  brackets: readonly Bracket[],
  { field, base }: FoundField,
  span: Span,
): Chosen | null {
  let element: Element | null = null;
  let index: number | null = null;
  for (const bracket of brackets) {
    const iterator = findIterator(scope, bracket.after);
    const position = /^\d+$/.test(bracket.content)
      ? Math.min(Number(bracket.content), indexMax)
      : null;
    const isAfterList = field.list && bracket.after === base;
    if (iterator && element === null) {
      element =
        position === null
          ? findRegister(scope, bracket.content, iterator, span)
          : { from: 'index', index: position };
      if (element === null) return null;
    } else if (isAfterList && index === null && position !== null) {
      index = position;
    } else {
      const words = { name: bracket.after || '[', suggestion: suggestBrackets(scope, field) };
      report(scope, 'FR1110', words, span);
      return null;
    }
  }
  return { element, index };
}

function suggestBrackets(scope: Scope, field: FieldSpec): string {
  const { iterator, list, name } = field;
  if (iterator !== null) {
    const rest = name.slice(iterator.length);
    return `write ${iterator}[A]${rest} or ${iterator}[0]${rest}`;
  }
  if (list) return `write ${name}[0] for its first value`;
  return `they choose an element of ${scope.model.iterators.join(' or ') || 'a list'}`;
}

function findRegister(
  scope: Scope,
  name: string,
  iterator: IteratorName,
  span: Span,
): Element | null {
  if (!/^[A-Za-z_]\w*$/.test(name) || name === '_') {
    report(scope, 'FR1111', { found: shorten(name) }, span);
    return null;
  }
  const known = scope.registers.get(name);
  if (known) {
    if (known.iterator === iterator) return { from: 'register', binding: known.binding };
    report(scope, 'FR1112', { name: shorten(name), first: known.iterator, second: iterator }, span);
    return null;
  }
  if (scope.registers.size === registersMax) {
    report(scope, 'FR1113', { limit: String(registersMax) }, span);
    return null;
  }
  const binding = scope.bindings++;
  scope.registers.set(name, { iterator, binding, span });
  return { from: 'register', binding };
}

/** Checks that a field has what its name asks for. */
function isDerivable(
  scope: Scope,
  { field, derivation, base }: FoundField,
  { index }: Chosen,
  span: Span,
): boolean {
  if (derivation === 'value') return true;
  if (derivation === 'root-domain') {
    if (field.isDomain) return true;
    report(scope, 'FR1118', { name: base }, span);
    return false;
  }
  const isCountable = field.list && index === null;
  if (isCountable || field.type === 'string') return true;
  report(scope, 'FR1108', { name: base }, span);
  return false;
}

function readField(found: FoundField, chosen: Chosen, span: Span): Operand {
  const { field, derivation } = found;
  const { element, index } = chosen;
  if (element !== null) return readElement(found, element, index, span);
  const { iterator } = field;
  if (iterator !== null && field.list && (index !== null || derivation === 'length')) {
    const read = (binding: number) =>
      readElement(found, { from: 'register', binding }, index, span);
    return { type: 'each', iterator, read, span };
  }
  const list: ListNode = { from: 'field', field };
  if (index !== null) return readDerived(derivation, { from: 'index', list, index }, span);
  if (field.list && derivation === 'length') return readListLength(list, span);
  if (field.list || iterator !== null) return { type: 'list', list, derivation, span };
  return readDerived(derivation, { from: 'field', field }, span);
}

/** Reads a field of one element of an iterator. */
function readElement(
  { field, derivation }: { readonly field: FieldSpec; readonly derivation: Derivation },
  element: Element,
  index: number | null,
  span: Span,
): Operand {
  if (!field.list) {
    const source: ValueSource =
      element.from === 'register'
        ? { from: 'register', field, binding: element.binding }
        : { from: 'index', list: { from: 'field', field }, index: element.index };
    return readDerived(derivation, source, span);
  }
  const list: ListNode = { field, ...element };
  if (index !== null) return readDerived(derivation, { from: 'index', list, index }, span);
  if (derivation === 'length') return readListLength(list, span);
  return { type: 'list', list, derivation, span };
}

/** Reports a name that is nothing, or accepts it as a field of an event type known in part. */
export function rejectName(
  scope: Scope,
  written: string,
  span: Span,
  names: readonly string[],
): Operand {
  const event = scope.model.hasEvents ? getEventType(written) : null;
  if (event !== null && written.includes('.') && !isDeclaredWhole(event)) {
    if (!scope.events.has(event)) scope.events.set(event, span);
    return { type: 'failed', span };
  }
  const words = { name: quote(written), suggestion: suggest(scope, written, names) };
  const problem = createDiagnostic('FR1101', words, locateSpan(span));
  if (scope.model.hasEvents && isPerhapsForeign(written)) scope.foreignNames.add(problem);
  repeatProblems(scope, [problem]);
  return { type: 'failed', span };
}

/** True for what may be a name of an event type that the schema does not know whole. */
function isPerhapsForeign(written: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(written) || written.startsWith('network.');
}

const noNull = 'there is none: what an event does not have reads as "", 0 or false';

const noSuggestion = 'see the reference of fields and constants';

/** True for a plain word, where an author may have left out the quotes of a string. */
function isPerhapsText(written: string): boolean {
  return /^[a-z][a-zA-Z0-9_]*$/.test(written);
}

function suggestQuotes(written: string): string {
  return `text stands in quotes, ${quote(written)}; for names ${noSuggestion}`;
}

/** Looking for near names is dear: after so many of one compilation there is no more of it. */
const namesSoughtMax = 200;

/** What was found for a name, by compilation: a macro that is missing is missed by every rule. */
const foundNames = new WeakMap<CheckContext, Map<string, string | null>>();

function findNearest(
  { context }: Scope,
  name: string,
  listCandidates: () => readonly string[],
): string | null {
  const found = foundNames.get(context) ?? new Map<string, string | null>();
  foundNames.set(context, found);
  let nearest = found.get(name);
  if (nearest === undefined) {
    nearest = found.size < namesSoughtMax ? findNearestName(name, listCandidates()) : null;
    found.set(name, nearest);
  }
  return nearest;
}

function suggest(scope: Scope, written: string, names: readonly string[]): string {
  if (/^(?:null|nil|none)$/i.test(written)) return noNull;
  if (/[[\]]/.test(written) && !parseFieldPath(written).brackets.length) return noSuggestion;
  if (--scope.suggestionsLeft < 0) return noSuggestion;
  const { name, brackets } = parseFieldPath(written);
  const own = scope.model.hasEvents ? listWrittenFile(name) : [];
  const nearest = findNearest(scope, name, () => [...scope.model.names(), ...own, ...names]);
  if (nearest === null) return isPerhapsText(written) ? suggestQuotes(written) : noSuggestion;
  const [bracket] = brackets;
  const isKept = bracket && nearest.startsWith(`${bracket.after}.`);
  if (!isKept) return `did you mean ${nearest}?`;
  const { after, content } = bracket;
  return `did you mean ${after}[${shorten(content)}]${nearest.slice(after.length)}?`;
}

/** The names under `fim.write.file`, where one of them is meant. */
function listWrittenFile(name: string): string[] {
  if (!name.startsWith('fim.')) return [];
  return [...eventModel.names()]
    .filter((field) => field.startsWith('open.file.'))
    .map((field) => field.replace('open.file.', writtenFilePrefix));
}

/** Names beside fields that an expression may have meant. */
export function listOtherNames(scope: Scope): readonly string[] {
  return [...integerConstants.keys(), ...scope.context.macros.keys()];
}
