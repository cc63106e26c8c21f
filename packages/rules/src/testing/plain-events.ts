// SPDX-License-Identifier: Apache-2.0
// Events for tests: every field has its zero value unless given, and what derives from a path is
// derived. Accessors read them as the emitted code expects.

import { type FieldSpec, fields, fieldsByName } from '@fimbul/schema';
import type { VisibleEvent } from '../3-plan/filter-model.ts';
import { isNumberField } from '../4-emit/emit-integer.ts';
import type { Accessor, FieldValue } from '../4-emit/emitted.ts';
import type { EventValue, PlainEvent } from './interpret.ts';

function makeZero(field: FieldSpec): EventValue {
  if (field.list || field.iterator !== null) return [];
  switch (field.type) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
      return 0n;
    case 'ip':
      throw new Error('no event has a network yet');
  }
}

const zeroEvent: PlainEvent = Object.fromEntries(
  fields.map((field) => [field.name, makeZero(field)]),
);

/** Makes an event; names follow from paths. */
export function makeEvent(given: PlainEvent): PlainEvent {
  const names = Object.entries(given).flatMap(([name, value]): [string, EventValue][] =>
    name.endsWith('.file.path') || name.endsWith('.destination.path')
      ? [[name.replace(/path$/, 'name'), getNames(value)]]
      : [],
  );
  return { ...zeroEvent, ...Object.fromEntries(names), ...given };
}

function getName(value: EventValue | undefined): string {
  const path = typeof value === 'string' ? value : '';
  return path.slice(path.lastIndexOf('/') + 1);
}

function getNames(value: EventValue): EventValue {
  return Array.isArray(value) ? value.map(getName) : getName(value);
}

function toFieldValue(field: FieldSpec, value: EventValue): FieldValue {
  if (typeof value === 'bigint') return isNumberField(field) ? Number(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return value.map((item) =>
    typeof item === 'bigint' && isNumberField(field) ? Number(item) : item,
  );
}

/** Accessors of all fields; `onRead` hears which field is read. */
export function makeAccessors(
  onRead: (name: string) => void = () => {},
): ReadonlyMap<string, Accessor<PlainEvent>> {
  const countAncestors: Accessor<PlainEvent> = (event) => {
    const pids = event['process.ancestors.pid'];
    return Array.isArray(pids) ? pids.length : 0;
  };
  return new Map([
    ['process.ancestors.length', countAncestors],
    ...[...fieldsByName].map(([name, field]): [string, Accessor<PlainEvent>] => [
      name,
      (event) => {
        onRead(name);
        return toFieldValue(field, event[name] ?? makeZero(field));
      },
    ]),
  ]);
}

/** What the kernel sees of an event of an operation. */
export function makeVisible(operation: string, event: PlainEvent): VisibleEvent {
  const flags = event[`${operation}.flags`];
  const result = event[`${operation}.retval`];
  const read = (name: string) => {
    const value = event[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    sourceName: read(`${operation}.file.name`),
    destinationName: read(`${operation}.file.destination.name`),
    flags: operation === 'open' && typeof flags === 'bigint' ? Number(flags) : 0,
    result: typeof result === 'bigint' ? result : 0n,
  };
}
