// SPDX-License-Identifier: Apache-2.0
// Facts of a host as the checker and emitted code know fields: what the `filters` of macros and
// rules look at. A fact that is not known, or not of its type, reads as zero, empty or false.

import {
  type FieldSpec,
  findHostField,
  type HostFacts,
  hostFields,
  toByteString,
} from '@fimbul/schema';
import type { FieldModel } from '../2-check/field-model.ts';
import type { Accessor, FieldValue } from '../4-emit/emitted.ts';

export const hostModel: FieldModel = {
  findField: findHostField,
  names: () => hostFields.map(({ name }) => name),
  hasEvents: false,
  iterators: [],
};

function readFact({ name, type, list }: FieldSpec, facts: HostFacts): FieldValue {
  const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (list) return typeof value === 'object' ? value.map(toByteString) : [];
  switch (type) {
    case 'string':
    case 'ip':
      return typeof value === 'string' ? toByteString(value) : '';
    case 'bool':
      return value === true;
    case 'int':
      return typeof value === 'bigint' ? value : 0n;
  }
}

export const hostAccessors: ReadonlyMap<string, Accessor<HostFacts>> = new Map(
  hostFields.map((field) => [field.name, (facts: HostFacts) => readFact(field, facts)]),
);
