// SPDX-License-Identifier: Apache-2.0
// The variables of all policies, from the `set` actions of their rules: name, scope, type and
// default value. They are known before any expression is checked, since any may read them.

import { type FieldType, findField, integerConstants, toByteString } from '@fimbul/schema';
import { findValueType } from '../2-check/check-action.ts';
import type { RuntimeScalar, RuntimeValue } from '../2-check/typed.ts';
import { makeVariableKey, type VariableSpec } from '../2-check/variables.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics.ts';
import { locateSpan, type Place } from '../source-text.ts';
import type { LiteralValue, SetDraft } from './drafts.ts';
import { showPlace } from './report.ts';
import type { SelectedRule } from './select-rules.ts';

type Shape = {
  readonly type: FieldType;
  readonly list: boolean;
  /** True for an empty list, which agrees with a list of anything. */
  readonly isVague: boolean;
};

type Declaration = {
  readonly name: string;
  readonly scope: SetDraft['scope'];
  readonly place: Place;
  shape: Shape;
  defaultValue: LiteralValue | null;
  inherited: boolean;
  isPrivate: boolean;
};

export type DeclaredVariables = {
  /** By full name. */
  readonly variables: ReadonlyMap<string, VariableSpec>;
  /** Problems of each rule that has some. */
  readonly problems: ReadonlyMap<SelectedRule, readonly Diagnostic[]>;
};

/** The name between `${` and `}`. */
export function getFullName({ name, scope }: Pick<SetDraft, 'name' | 'scope'>): string {
  return scope === 'global' ? name : `${scope}.${name}`;
}

export function declareVariables(
  rules: readonly SelectedRule[],
  macroIds: { has: (id: string) => boolean },
): DeclaredVariables {
  const declarations = new Map<string, Declaration>();
  const problems = new Map<SelectedRule, readonly Diagnostic[]>();
  for (const rule of rules) {
    const found = rule.actions.flatMap((action) =>
      action.kind === 'set' ? declare(declarations, action, macroIds) : [],
    );
    if (found.length > 0) problems.set(rule, found);
  }
  const variables = [...declarations.values()].map((declaration): [string, VariableSpec] => {
    const { name, scope, shape, defaultValue, inherited, isPrivate } = declaration;
    const value = makeDefault(shape, defaultValue);
    const { type, list } = shape;
    const key = makeVariableKey({ name, type, list });
    return [name, { name, scope, type, list, defaultValue: value, inherited, isPrivate, key }];
  });
  return { variables: new Map(variables), problems };
}

function declare(
  declarations: Map<string, Declaration>,
  action: SetDraft,
  macroIds: { has: (id: string) => boolean },
): Diagnostic[] {
  const name = getFullName(action);
  const { scope, namePlace: place, defaultValue, inherited, isPrivate } = action;
  const reason = findCollision(action, macroIds);
  if (reason !== null) return [createDiagnostic('FR4022', { name, reason }, place)];
  const shape = findShape(action);
  const mismatch = checkDefault(action, shape);
  if (mismatch !== null) return [mismatch];
  const first = declarations.get(name);
  if (first === undefined) {
    declarations.set(name, { name, scope, place, shape, defaultValue, inherited, isPrivate });
    return [];
  }
  if (!agree(first.shape, shape)) {
    const words = {
      name,
      type: describeShape(shape),
      other: describeShape(first.shape),
      place: showPlace(first.place),
    };
    return [createDiagnostic('FR4025', words, place)];
  }
  if (first.shape.isVague) first.shape = shape;
  first.inherited ||= inherited;
  first.isPrivate ||= isPrivate;
  return mergeDefault(first, action);
}

function findCollision(
  { name, scope }: SetDraft,
  macroIds: { has: (id: string) => boolean },
): string | null {
  const full = getFullName({ name, scope });
  if (findField(full) || full === 'process.ancestors') return 'it is a field';
  if (scope !== 'global') return null;
  if (integerConstants.has(name) || name === 'true' || name === 'false') return 'it is a constant';
  return macroIds.has(name) ? 'it is a macro' : null;
}

function getLiteralShape({ type, list, values }: LiteralValue): Shape {
  return { type, list, isVague: list && values.length === 0 };
}

/** The type of a variable by one of its actions: that of its value, its default or its field. */
function findShape({ source, defaultValue, append }: SetDraft): Shape {
  const shape = findOwnShape(source, defaultValue);
  return append ? { ...shape, list: true } : shape;
}

function findOwnShape(source: SetDraft['source'], defaultValue: LiteralValue | null): Shape {
  if (source.from === 'value') {
    const shape = getLiteralShape(source.value);
    return shape.isVague && defaultValue ? getLiteralShape(defaultValue) : shape;
  }
  if (source.from === 'field') {
    const found = findValueType(source.text.text.trim());
    if (found) return { ...found, isVague: false };
  }
  // A field that is not known is reported where the action is checked.
  return defaultValue
    ? getLiteralShape(defaultValue)
    : { type: 'string', list: false, isVague: false };
}

function agree(left: Shape, right: Shape): boolean {
  if (left.list !== right.list) return false;
  return left.type === right.type || left.isVague || right.isVague;
}

const typeNames = { bool: 'a boolean', int: 'an integer', string: 'text', ip: 'a network' };
const listNames = {
  bool: 'a list of booleans',
  int: 'a list of integers',
  string: 'a list of texts',
  ip: 'a list of networks',
};

export function describeShape({ type, list }: Pick<Shape, 'type' | 'list'>): string {
  return list ? listNames[type] : typeNames[type];
}

/** The default value of a field's variable is of the field's type. */
function checkDefault({ name, source, defaultValue, append }: SetDraft, shape: Shape) {
  if (source.from !== 'field' || defaultValue === null) return null;
  const found = getLiteralShape(defaultValue);
  const isElement = append && !found.list && found.type === shape.type;
  if (isElement || agree(found, shape)) return null;
  const words = { name, found: describeShape(shape), expected: describeShape(found) };
  const { text } = source;
  const span = { source: text, start: 0, end: text.text.length };
  return createDiagnostic('FR4027', words, locateSpan(span));
}

function mergeDefault(first: Declaration, { defaultValue }: SetDraft): Diagnostic[] {
  if (defaultValue === null) return [];
  if (first.defaultValue === null) {
    first.defaultValue = defaultValue;
    return [];
  }
  const [value, other] = [showLiteral(defaultValue), showLiteral(first.defaultValue)];
  if (value === other) return [];
  const words = { name: first.name, value, other, place: showPlace(first.defaultValue.place) };
  return [createDiagnostic('FR4107', words, defaultValue.place)];
}

function showLiteral({ list, values }: LiteralValue): string {
  const shown = values.map((value) =>
    typeof value === 'string' ? JSON.stringify(value) : String(value),
  );
  return list ? `[${shown.join(', ')}]` : (shown[0] ?? '');
}

/** The values of a literal as rules compare them: texts are bytes. */
export function toRuntimeScalars({ values }: LiteralValue): readonly RuntimeScalar[] {
  return values.map((value) => (typeof value === 'string' ? toByteString(value) : value));
}

const zeros = {
  bool: false,
  int: 0n,
  string: '',
  ip: { family: 4, address: 0n, prefix: 32 },
} as const satisfies Record<FieldType, RuntimeScalar>;

function makeDefault({ type, list }: Shape, literal: LiteralValue | null): RuntimeValue {
  const values = literal === null ? [] : toRuntimeScalars(literal);
  if (!list) return values[0] ?? zeros[type];
  // The zero that says the type of what is appended is no element.
  const isZero = literal !== null && !literal.list && values[0] === zeros[type];
  return isZero ? [] : values;
}
