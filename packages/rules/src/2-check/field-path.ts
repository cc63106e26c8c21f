// SPDX-License-Identifier: Apache-2.0
// The name of a field as it is written: with brackets for a register or an index, and with what
// derives from the value at its end.

import type { FieldSpec } from '@fimbul/schema';
import type { FieldModel } from './field-model.ts';
import type { Derivation } from './operand.ts';

export type Bracket = {
  /** All of the name before it, without other brackets. */
  readonly after: string;
  readonly content: string;
};

export type FieldPath = {
  /** The name without brackets. */
  readonly name: string;
  readonly brackets: readonly Bracket[];
};

/** Takes the brackets out of a name. */
export function parseFieldPath(written: string): FieldPath {
  const brackets: Bracket[] = [];
  let name = '';
  let at = 0;
  for (const match of written.matchAll(/\[([^\][]*)\]/g)) {
    name += written.slice(at, match.index);
    brackets.push({ after: name, content: match[1] ?? '' });
    at = match.index + match[0].length;
  }
  return { name: name + written.slice(at), brackets };
}

export type FoundField = {
  readonly field: FieldSpec;
  readonly derivation: Derivation;
  /** The name without what derives from its value. */
  readonly base: string;
};

/** Finds the field of a name, with or without something that derives from its value. */
export function findDerived(model: FieldModel, name: string): FoundField | null {
  const field = model.findField(name);
  if (field) return { field, derivation: 'value', base: name };
  for (const [end, derivation] of [
    ['.length', 'length'],
    ['.root_domain', 'root-domain'],
  ] as const) {
    if (!name.endsWith(end)) continue;
    const base = name.slice(0, -end.length);
    const of = model.findField(base);
    if (of) return { field: of, derivation, base };
  }
  return null;
}
