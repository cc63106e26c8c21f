// SPDX-License-Identifier: Apache-2.0
// An event of a rule test: values by the names of fields. A field without a value is zero, empty or
// false, as it is in an event of which it is not known.

import { type EventType, type FieldSpec, fieldsByName } from '@fimbul/schema';
import { isList, type RuntimeScalar, type RuntimeValue } from '../2-check/typed.ts';
import { isNumberField } from '../4-emit/emit-integer.ts';
import type { Accessor, FieldValue } from '../4-emit/emitted.ts';
import { noIpNet } from '../4-emit/ip-nets.ts';

/** A byte string, a boolean, a network or a bigint; a list has an array. */
export type GivenValue = RuntimeValue;

/** Values by the full names of fields. */
export type Bag = Map<string, GivenValue>;

export type TestEvent = {
  readonly type: EventType;
  readonly values: ReadonlyMap<string, GivenValue>;
  /** The fields of each ancestor, the nearest first. */
  readonly ancestors: readonly ReadonlyMap<string, GivenValue>[];
  /** In nanoseconds since 1970. */
  readonly timeNs: bigint;
};

/** When `at: 0s` is: 2026-01-01T00:00:00Z. */
export const baseTimeNs = 1_767_225_600_000_000_000n;

export const ancestorsPrefix = 'process.ancestors';

export function makeZero({ list, type }: FieldSpec): GivenValue {
  if (list) return [];
  switch (type) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
      return 0n;
    case 'ip':
      return noIpNet;
  }
}

/** Brings a value into the form that accessors promise. */
function toFieldValue(field: FieldSpec, value: GivenValue): Exclude<FieldValue, never> {
  if (field.type !== 'int' || !isNumberField(field)) return value;
  return isList(value) ? value.map(Number) : Number(value);
}

type ElementValue = RuntimeScalar | readonly RuntimeScalar[];

function makeAccessor(field: FieldSpec): Accessor<TestEvent> {
  const { name } = field;
  const zero = makeZero(field);
  if (field.iterator === null) {
    return ({ values }) => toFieldValue(field, values.get(name) ?? zero);
  }
  return ({ ancestors }) =>
    ancestors.map((bag) => toFieldValue(field, bag.get(name) ?? zero) as ElementValue);
}

/** Reads fields of test events; every field has one. */
export const testAccessors: ReadonlyMap<string, Accessor<TestEvent>> = new Map([
  ...[...fieldsByName.values()].map((field): [string, Accessor<TestEvent>] => [
    field.name,
    makeAccessor(field),
  ]),
  [`${ancestorsPrefix}.length`, ({ ancestors }) => ancestors.length],
]);
