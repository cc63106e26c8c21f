// SPDX-License-Identifier: Apache-2.0
// Events for tests: every field has its zero value unless given, and what derives from a path is
// derived. Accessors read them as the emitted code expects.

import {
  type FieldSpec,
  type FileOperation,
  fields,
  fieldsByName,
  type IpNet,
} from '@fimbul/schema';
import { splitPath, type VisibleEvent } from '../3-plan/filter-model.ts';
import { readVisibleValues } from '../3-plan/visible-values.ts';
import { isNumberField } from '../4-emit/emit-integer.ts';
import type { Accessor, FieldValue, ScalarValue } from '../4-emit/emitted.ts';
import type { EventScalar, EventValue, PlainEvent } from './interpret-values.ts';

/** A network that is none: no event is without an address where its type has one. */
const noAddress: IpNet = { family: 4, address: 0n, prefix: 32 };

function makeScalarZero({ type }: FieldSpec): EventScalar {
  switch (type) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
      return 0n;
    case 'ip':
      return noAddress;
  }
}

/** The zero value of a field; of an iterator, one for each of its elements. */
function makeZero(field: FieldSpec, elements: number): EventValue {
  if (field.iterator === null) return field.list ? [] : makeScalarZero(field);
  const zero = field.list ? [] : makeScalarZero(field);
  return Array.from({ length: elements }, () => zero);
}

function countElements(given: PlainEvent): number {
  const lists = fields
    .filter(({ iterator }) => iterator !== null)
    .map(({ name }) => given[name])
    .filter((value) => Array.isArray(value));
  return Math.max(0, ...lists.map((list) => list.length));
}

/** Makes an event; names follow from paths, and all fields of an iterator have as many entries. */
export function makeEvent(given: PlainEvent): PlainEvent {
  const elements = countElements(given);
  const event: Record<string, EventValue> = {};
  for (const field of fields) {
    const zero = makeZero(field, elements);
    const value = given[field.name];
    event[field.name] =
      Array.isArray(value) && Array.isArray(zero) && field.iterator !== null
        ? [...value, ...zero.slice(value.length)]
        : (value ?? zero);
  }
  for (const [name, value] of Object.entries(given)) {
    const derived = name.replace(/path$/, 'name');
    if (/(?:file|destination)\.path$/.test(name) && given[derived] === undefined) {
      event[derived] = getNames(event[name] ?? value);
    }
  }
  for (const [name, value] of Object.entries(given)) {
    const derived = name.replace(/mode$/, 'rights');
    if (/(?:file|destination)\.mode$/.test(name) && given[derived] === undefined) {
      if (typeof value === 'bigint') event[derived] = value & 0o7777n;
    }
  }
  return event;
}

function getName(value: EventValue | undefined): string {
  const path = typeof value === 'string' ? value : '';
  return path.slice(path.lastIndexOf('/') + 1);
}

function getNames(value: EventValue): EventValue {
  return Array.isArray(value) ? value.map(getName) : getName(value);
}

function toScalar(field: FieldSpec, value: EventScalar): ScalarValue {
  return typeof value === 'bigint' && isNumberField(field) ? Number(value) : value;
}

function toFieldValue(field: FieldSpec, value: EventValue): FieldValue {
  if (!isList(value)) return toScalar(field, value);
  return value.map((item) =>
    isList(item) ? item.map((one) => toScalar(field, one)) : toScalar(field, item),
  );
}

function isList<Item>(value: Item | readonly Item[] | EventScalar): value is readonly Item[] {
  return Array.isArray(value);
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
        return toFieldValue(field, event[name] ?? makeZero(field, 0));
      },
    ]),
  ]);
}

/** What the kernel sees of an event of an operation. */
export function makeVisible(operation: FileOperation, event: PlainEvent): VisibleEvent {
  const result = event[`${operation}.retval`];
  const read = (name: string) => {
    const value = event[name];
    return typeof value === 'string' ? value : null;
  };
  const readPath = (file: string) => {
    const isPart = event[`${file}.path_truncated`] === true;
    const isDetached = event[`${file}.path_detached`] === true;
    return isPart || isDetached ? null : splitPath(read(`${file}.path`) ?? '');
  };
  return {
    sourceName: read(`${operation}.file.name`),
    destinationName: read(`${operation}.file.destination.name`),
    sourcePath: readPath(`${operation}.file`),
    destinationPath: readPath(`${operation}.file.destination`),
    values: readVisibleValues(operation, (name) => {
      const value = event[name];
      return value === undefined || typeof value === 'object' ? 0n : value;
    }),
    result: typeof result === 'bigint' ? result : 0n,
    process: {
      program: splitPath(read('process.file.path') ?? ''),
      ancestors: readTexts(event['process.ancestors.file.path']).map(splitPath),
    },
  };
}

function readTexts(value: EventValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : '')) : [];
}
