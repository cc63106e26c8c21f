// SPDX-License-Identifier: Apache-2.0
// An alert as a document: nested objects in which the path of a value is the name of its field.
// Everything that is known of the event is in it; what is not known is left out, never zero.

import { type FieldSpec, fields, fromByteString, type Operation, operations } from '@fimbul/schema';
import { type FieldReader, fieldReaders, listAncestorSubjects } from '../engine/accessors.ts';
import type { Match } from '../engine/engine.ts';
import type { EventSurroundings, EventView, ProcessSubject } from '../engine/event-view.ts';
import { type ProcessValue, processReaders } from '../engine/process-fields.ts';
import { nameConstants } from './constant-names.ts';
import { formatTime } from './time-text.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { [key: string]: Json };

type Writer = { readonly path: readonly string[]; readonly spec: FieldSpec };
type EventWriter = Writer & { readonly read: FieldReader };
type SubjectWriter = Writer & {
  readonly read: (subject: ProcessSubject, surroundings: EventSurroundings) => ProcessValue;
};

const ancestorsPrefix = 'process.ancestors.';

/** Lists that a process block writes differently than rules read it. */
const argvSuffix = /(?:^|\.)argv$/;
/** Derived from argv, and long. */
const leftOut = /(?:^|\.)args$/;

function buildEventWriters(operation: Operation): EventWriter[] {
  return fields.flatMap((spec) => {
    const read = fieldReaders.get(spec.name);
    if (!read || spec.name.startsWith(ancestorsPrefix) || leftOut.test(spec.name)) return [];
    if (spec.event !== '*' && spec.event !== operation) return [];
    return [{ path: spec.name.split('.'), spec, read }];
  });
}

const eventWriters = Object.fromEntries(
  operations.map((operation) => [operation, buildEventWriters(operation)]),
) as Record<Operation, EventWriter[]>;

const ancestorWriters: SubjectWriter[] = fields.flatMap((spec) => {
  if (!spec.name.startsWith(ancestorsPrefix) || leftOut.test(spec.name)) return [];
  const name = spec.name.slice(ancestorsPrefix.length);
  const read = processReaders.get(name);
  return read ? [{ path: name.split('.'), spec, read }] : [];
});

function toJson(spec: FieldSpec, value: Exclude<ProcessValue, null>): Json {
  if (typeof value === 'string') return fromByteString(value).text;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object') return value.map((element) => fromByteString(element).text);
  switch (spec.style) {
    case 'number':
      return Number(value);
    case 'decimal':
      return value.toString();
    case 'time':
      return formatTime(BigInt(value));
    case 'names':
      return spec.constants === null ? Number(value) : nameConstants(spec.constants, BigInt(value));
  }
}

/** False is worth a line only where it answers a question that the field's name asks. */
const omittedWhenFalse = /(?:_truncated|is_kworker|is_thread)$/;

function isWorthWriting(
  spec: FieldSpec,
  value: ProcessValue,
): value is Exclude<ProcessValue, null> {
  if (value === null || value === '') return false;
  return value !== false || !omittedWhenFalse.test(spec.name);
}

function place(document: JsonObject, path: readonly string[], value: Json): void {
  let object = document;
  for (const key of path.slice(0, -1)) {
    object[key] ??= {};
    object = object[key] as JsonObject;
  }
  const key = path.at(-1);
  if (key !== undefined) object[key] = value;
}

/** The document of a process block; ancestors never change, so theirs is made once. */
const ancestorDocuments = new WeakMap<object, JsonObject>();

function describeAncestor(subject: ProcessSubject, surroundings: EventSurroundings): JsonObject {
  const found = ancestorDocuments.get(subject.entry);
  if (found) return found;
  const document: JsonObject = {};
  for (const { path, spec, read } of ancestorWriters) {
    const value = argvSuffix.test(spec.name)
      ? subject.entry.image.argv
      : read(subject, surroundings);
    if (isWorthWriting(spec, value)) place(document, path, toJson(spec, value));
  }
  ancestorDocuments.set(subject.entry, document);
  return document;
}

function readWholeArgv(event: EventView, name: string): readonly string[] {
  if (name === 'process.parent.argv') return getParentArgv(event);
  return event.subject.entry.image.argv;
}

function getParentArgv(event: EventView): readonly string[] {
  const parent = listAncestorSubjects(event).find(
    ({ entry }) => entry.startTime !== event.subject.entry.startTime,
  );
  return parent?.entry.image.argv ?? [];
}

function describeEvent(document: JsonObject, event: EventView): void {
  for (const { path, spec, read } of eventWriters[event.operation]) {
    const value = argvSuffix.test(spec.name) ? readWholeArgv(event, spec.name) : read(event);
    if (isWorthWriting(spec, value as ProcessValue)) {
      place(document, path, toJson(spec, value as Exclude<ProcessValue, null>));
    }
  }
  const ancestors = listAncestorSubjects(event);
  place(
    document,
    ['process', 'ancestors'],
    ancestors.map((subject) => describeAncestor(subject, event.surroundings)),
  );
}

/** Describes a match as the document of an alert. */
export function describeAlert({ rule, event, eventId, suppressed }: Match): JsonObject {
  const tags = Object.entries(rule.tags).map(([key, value]) => `${key}:${value}`);
  const document: JsonObject = {
    event: { id: eventId, type: event.operation },
    rule: {
      id: rule.id,
      ...(rule.description === '' ? {} : { description: rule.description }),
      ...(rule.version === '' ? {} : { version: rule.version }),
      ...(tags.length === 0 ? {} : { tags }),
      policy: rule.policy,
      ...(suppressed === 0 ? {} : { suppressed }),
    },
  };
  describeEvent(document, event);
  return document;
}

export type Loss = {
  readonly eventId: string;
  /** A record kind, or `any` where the kernel cannot tell. */
  readonly operation: string;
  readonly reason: string;
  readonly count: number;
  /** Nanoseconds since 1970. */
  readonly sinceNs: bigint;
  readonly untilNs: bigint;
  readonly hostname: string;
};

/** Describes events that are known to be missing. */
export function describeLoss(loss: Loss): JsonObject {
  return {
    event: {
      id: loss.eventId,
      type: 'loss',
      timestamp: formatTime(loss.untilNs),
      hostname: loss.hostname,
    },
    loss: {
      operation: loss.operation,
      reason: loss.reason,
      count: loss.count,
      since: formatTime(loss.sinceNs),
    },
  };
}
