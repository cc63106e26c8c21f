// SPDX-License-Identifier: Apache-2.0
// For every field that rules or alerts may name, the function that reads it from an event. Built
// once from the schema: a field without a reader fails here, at start-up, and not at its first use.

import {
  chmodRecordOffsets,
  exitRecordOffsets,
  type FieldSpec,
  fields,
  openRecordOffsets,
  operations,
  recordHeaderOffsets,
  renameRecordOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';
import { getParent, listAncestors } from '../context/process-entry.ts';
import type { EventView, ProcessSubject } from './event-view.ts';
import { fileReaders, pathReaders } from './file-fields.ts';
import { type ProcessValue, processReaders } from './process-fields.ts';

/** Reads a field; null when its value is not known. */
export type FieldReader = (event: EventView) => ProcessValue | readonly ProcessValue[];

const exitSignalMask = 0x7f;
const coreDumpedBit = 0x80;

function getExitCause(status: number): number {
  if ((status & exitSignalMask) === 0) return 0;
  return status & coreDumpedBit ? 1 : 2;
}

function getExitCode(status: number): number {
  return (status & exitSignalMask) === 0 ? (status >> 8) & 0xff : status & exitSignalMask;
}

function readModeBefore(event: EventView): number | null {
  const known = event.record.getU32(chmodRecordOffsets.modeBeforeKnown) !== 0;
  return known ? event.file.mode : null;
}

const rightsMask = 0o7777;

function toRights(mode: number | null): number | null {
  return mode === null ? null : mode & rightsMask;
}

/** Fields that stand alone. */
const singleReaders: Readonly<Record<string, FieldReader>> = {
  'event.timestamp': ({ record, surroundings }) =>
    record.getU64(recordHeaderOffsets.timestampNs) + surroundings.bootToRealNs,
  'event.hostname': ({ surroundings }) => surroundings.hostname,
  'event.os': () => 'linux',
  'event.origin': () => 'ebpf',
  'event.source': () => 'runtime',
  'open.retval': ({ record }) => record.getS64AsNumber(openRecordOffsets.retval),
  'open.flags': ({ record }) => record.getU32(openRecordOffsets.flags),
  'open.created': ({ record }) => record.getU32(openRecordOffsets.created) !== 0,
  'open.file.destination.mode': ({ record }) => record.getU32(openRecordOffsets.mode) & 0xffff,
  'open.file.destination.rights': ({ record }) => toRights(record.getU32(openRecordOffsets.mode)),
  'unlink.retval': ({ record }) => record.getS64AsNumber(unlinkRecordOffsets.retval),
  'unlink.flags': ({ record }) => record.getU32(unlinkRecordOffsets.flags),
  'rename.retval': ({ record }) => record.getS64AsNumber(renameRecordOffsets.retval),
  'rename.flags': ({ record }) => record.getU32(renameRecordOffsets.flags),
  'chmod.retval': ({ record }) => record.getS64AsNumber(chmodRecordOffsets.retval),
  'chmod.file.mode': readModeBefore,
  'chmod.file.rights': (event) => toRights(readModeBefore(event)),
  'chmod.file.destination.mode': ({ record }) =>
    record.getU32(chmodRecordOffsets.modeAfter) & 0xffff,
  'chmod.file.destination.rights': ({ record }) =>
    toRights(record.getU32(chmodRecordOffsets.modeAfter)),
  'exit.code': ({ record }) => getExitCode(record.getU32(exitRecordOffsets.status)),
  'exit.cause': ({ record }) => getExitCause(record.getU32(exitRecordOffsets.status)),
  'container.id': ({ subject }) => subject.entry.containerId,
};

function stripPrefix(name: string, prefix: string): string | null {
  return name.startsWith(`${prefix}.`) ? name.slice(prefix.length + 1) : null;
}

function findPathReader(name: string): FieldReader | null {
  const destination = stripPrefix(name, 'rename.file.destination');
  const readDestination = destination === null ? undefined : pathReaders[destination];
  if (readDestination) return ({ destinationPath }) => readDestination(destinationPath);
  const suffix = /^(?:open|unlink|rename|chmod)\.file\.(\w+)$/.exec(name)?.[1];
  const read = suffix === undefined ? undefined : pathReaders[suffix];
  return read ? ({ path }) => read(path) : null;
}

function findFileReader(name: string): FieldReader | null {
  const destination = stripPrefix(name, 'rename.file.destination');
  const readDestination = destination === null ? undefined : fileReaders[destination];
  if (readDestination) {
    return ({ destination: file, surroundings, subject }) =>
      readDestination(file, surroundings, subject.facts);
  }
  const suffix = /^(?:open|unlink|rename|chmod)\.file\.(.+)$/.exec(name)?.[1];
  const read = suffix === undefined ? undefined : fileReaders[suffix];
  return read ? ({ file, surroundings, subject }) => read(file, surroundings, subject.facts) : null;
}

/** The parent of the event's process; null when it is not known. */
export function getParentSubject({ subject }: EventView): ProcessSubject | null {
  const entry = getParent(subject.entry);
  return entry === null ? null : { entry, facts: entry.facts };
}

/** The ancestors of the event's process, nearest first. */
export function listAncestorSubjects({ subject }: EventView): ProcessSubject[] {
  return listAncestors(subject.entry).map((entry) => ({ entry, facts: entry.facts }));
}

function findProcessReader(name: string): FieldReader | null {
  const ancestors = stripPrefix(name, 'process.ancestors');
  const readAncestor = ancestors === null ? undefined : processReaders.get(ancestors);
  if (readAncestor) {
    return (event) =>
      listAncestorSubjects(event).map((subject) => readAncestor(subject, event.surroundings));
  }
  const parent = stripPrefix(name, 'process.parent');
  const readParent = parent === null ? undefined : processReaders.get(parent);
  if (readParent) {
    return (event) => {
      const subject = getParentSubject(event);
      return subject === null ? null : readParent(subject, event.surroundings);
    };
  }
  const own = /^(?:process|exec|exit)\.(.+)$/.exec(name)?.[1];
  const read = own === undefined ? undefined : processReaders.get(own);
  return read ? (event) => read(event.subject, event.surroundings) : null;
}

function findReader(spec: FieldSpec): FieldReader | null {
  const { name } = spec;
  return (
    singleReaders[name] ?? findProcessReader(name) ?? findPathReader(name) ?? findFileReader(name)
  );
}

/** Fields that the engine itself writes into an alert; no event holds them. */
const writtenByEngine = /^(?:rule|loss)\.|^event\.(?:id|type)$/;

/** Readers of all fields by name, but for those that the agent does not fill. */
export const fieldReaders: ReadonlyMap<string, FieldReader> = new Map(
  fields
    .filter(({ name, filled }) => filled && !writtenByEngine.test(name))
    .map((spec) => {
      const reader = findReader(spec);
      if (reader === null) throw new Error(`no reader for the field ${spec.name}`);
      return [spec.name, reader];
    }),
);

function getZero({
  type,
  list,
  range,
}: Pick<FieldSpec, 'type' | 'list' | 'range'>): string | number | bigint | boolean | [] {
  if (list) return [];
  switch (type) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'ip':
      throw new Error('no field of the agent is a network');
    case 'int':
      return fitsNumber(range) ? 0 : 0n;
  }
}

function fitsNumber([least, most]: readonly [bigint, bigint]): boolean {
  return least >= -(2n ** 53n) + 1n && most < 2n ** 53n;
}

type RuleScalar = string | number | bigint | boolean;

/** Reads a field for rules: never null, integers in the form that their range asks for. */
export type RuleAccessor = (
  event: EventView,
) => RuleScalar | readonly (RuleScalar | readonly RuleScalar[])[];

function toRuleAccessor(spec: FieldSpec, read: FieldReader): RuleAccessor {
  const zero = getZero(spec);
  if (spec.iterator === null) return (event) => (read(event) ?? zero) as RuleScalar;
  return (event) => {
    const values = (read(event) ?? []) as readonly ProcessValue[];
    return values.map((value) => (value ?? zero) as RuleScalar);
  };
}

/** Gives what rules read of a field that the agent does not fill. */
function toZeroAccessor(spec: FieldSpec): RuleAccessor {
  const zero = getZero(spec);
  if (spec.iterator === null) return () => zero;
  return ({ subject }) => listAncestors(subject.entry).map(() => zero);
}

const produced: ReadonlySet<string> = new Set<FieldSpec['event']>(['*', ...operations]);

/** Readers for rules. Rules on events that the agent does not produce are never evaluated. */
export function buildRuleAccessors(): ReadonlyMap<string, RuleAccessor> {
  const accessors = new Map<string, RuleAccessor>([
    ['process.ancestors.length', ({ subject }) => listAncestors(subject.entry).length],
  ]);
  for (const spec of fields) {
    if (!spec.inRules || !produced.has(spec.event)) continue;
    const read = fieldReaders.get(spec.name);
    accessors.set(spec.name, read ? toRuleAccessor(spec, read) : toZeroAccessor(spec));
  }
  return accessors;
}
