// SPDX-License-Identifier: Apache-2.0
// The variables of the function being emitted. Each field is read at most once: a field used more
// than once lives in a local, and what certainly ran before decides whether it is filled already.

import type { FieldSpec, IteratorName } from '@fimbul/schema';
import { type Code, type Constants, code, makeName } from './code.ts';

/** What all functions of an operation share. */
export type EmitModule = {
  readonly constants: Constants;
  /** Returns the name of a field's accessor. */
  readonly getAccessor: (field: Pick<FieldSpec, 'name'>) => Code;
  /** Functions that loop over lists, in order of their numbers. */
  readonly quantifiers: Code[];
};

/** Fields whose local is certainly filled at a point of the evaluation. */
export type Filled = ReadonlySet<FieldSpec>;

export type EmitScope = {
  readonly module: EmitModule;
  /** Fields that have a local, with its name. */
  readonly locals: ReadonlyMap<FieldSpec, Code>;
  /** Fields and elements that came in as parameters. */
  readonly parameters: ReadonlyMap<FieldSpec | number, Code>;
  /** Fields that some way to this point may have read. */
  readonly touched: Set<FieldSpec>;
};

/** Emits reading a field. */
export function readField(scope: EmitScope, field: FieldSpec, filled: Filled): Code {
  const parameter = scope.parameters.get(field);
  if (parameter) return parameter;
  const accessor = scope.module.getAccessor(field);
  const local = scope.locals.get(field);
  if (!local) return code`${accessor}(e)`;
  if (filled.has(field)) return local;
  if (!scope.touched.has(field)) {
    scope.touched.add(field);
    return code`(${local} = ${accessor}(e))`;
  }
  return code`(${local} === undefined ? (${local} = ${accessor}(e)) : ${local})`;
}

/** Emits counting the elements of an iterator, which has an accessor of its own. */
export function readIteratorLength(scope: EmitScope, iterator: IteratorName): Code {
  return code`${scope.module.getAccessor({ name: `${iterator}.length` })}(e)`;
}

/** Returns the element of a list that a quantifier bound. */
export function readElement(scope: EmitScope, binding: number): Code {
  const element = scope.parameters.get(binding);
  if (!element) throw new Error(`the element ${binding} is used outside of its list`);
  return element;
}

/** Numbers the locals of a rule. */
export function makeLocals(fields: readonly FieldSpec[]): ReadonlyMap<FieldSpec, Code> {
  return new Map(fields.map((field, index) => [field, makeName('v', index)]));
}
