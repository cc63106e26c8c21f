// SPDX-License-Identifier: Apache-2.0
// An alert as a document: nested objects in which the path of a value is the name of its field.
// Everything that is known of the event is in it; what is not known is left out, never zero.

import { fields, fromByteString, type Operation, operations } from '@fimbul/schema';
import {
  type FieldReader,
  fieldReaders,
  getParentSubject,
  listAncestorSubjects,
} from '../engine/accessors.ts';
import type { EventView } from '../engine/event-view.ts';
import type { ActionResult, Match, Suppressed } from '../engine/match.ts';
import type { ProcessValue } from '../engine/process-fields.ts';
import { isDerived } from './derived-fields.ts';
import { type FieldWriter, type Json, type JsonObject, makeFieldWriter } from './field-writer.ts';
import { describeAncestor, describeProcess } from './process-document.ts';
import { formatTime } from './time-text.ts';
import { writeVariable } from './variable-document.ts';

type EventWriter = { readonly read: FieldReader; readonly write: FieldWriter };

/** Blocks of processes are described as a whole. */
const processBlock = /^(?:process|exec|exit)\.(?!tid$|code$|cause$)/;

function buildEventWriters(operation: Operation): EventWriter[] {
  return fields.flatMap((spec) => {
    const read = fieldReaders.get(spec.name);
    if (!read || processBlock.test(spec.name) || isDerived(spec.name)) return [];
    if (spec.event !== '*' && spec.event !== operation) return [];
    return [{ read, write: makeFieldWriter(spec, spec.name.split('.')) }];
  });
}

const eventWriters = Object.fromEntries(
  operations.map((operation) => [operation, buildEventWriters(operation)]),
) as Record<Operation, EventWriter[]>;

function describeEvent(document: JsonObject, event: EventView): void {
  const { operation, subject, surroundings } = event;
  for (const { read, write } of eventWriters[operation]) {
    write(document, read(event) as ProcessValue);
  }
  const process = describeProcess(subject, surroundings);
  // The process of exec and exit is the event's subject as well as its cause.
  if (operation === 'exec' || operation === 'exit') {
    document[operation] = { ...process, ...(document[operation] as JsonObject | undefined) };
  }
  const parent = getParentSubject(event);
  document.process = {
    ...process,
    ...(document.process as JsonObject | undefined),
    ...(parent ? { parent: describeAncestor(parent, surroundings) } : {}),
    ancestors: listAncestorSubjects(event).map((ancestor) =>
      describeAncestor(ancestor, surroundings),
    ),
  };
}

function describeSuppressed({ count, paths, pathsOmitted }: Suppressed): JsonObject {
  return {
    ...(count === 0 ? {} : { suppressed: count }),
    ...(paths.length === 0
      ? {}
      : { suppressed_paths: paths.map((path) => fromByteString(path).text) }),
    ...(pathsOmitted === 0 ? {} : { suppressed_paths_omitted: pathsOmitted }),
  };
}

function describeAction(result: ActionResult): Json {
  switch (result.type) {
    case 'kill':
      return result;
    case 'log':
      return { ...result, message: fromByteString(result.message).text };
  }
}

function describeRule({ rule, suppressed }: Match, results: readonly ActionResult[]): JsonObject {
  const tags = Object.entries(rule.tags).map(([key, value]) => `${key}:${value}`);
  return {
    id: rule.id,
    ...(rule.description === '' ? {} : { description: rule.description }),
    ...(rule.version === '' ? {} : { version: rule.version }),
    ...(tags.length === 0 ? {} : { tags }),
    policy: rule.policy,
    ...describeSuppressed(suppressed),
    ...(results.length === 0 ? {} : { actions: results.map(describeAction) }),
  };
}

/** Describes a match as the document of an alert; `results` are those of its rule's actions. */
export function describeAlert(match: Match, results: readonly ActionResult[]): JsonObject {
  const { rule, event, eventId, variables } = match;
  const { productTags } = rule;
  const document: JsonObject = {
    event: {
      id: eventId,
      type: event.operation,
      ...(productTags.length === 0 ? {} : { rule: { tags: productTags } }),
    },
    rule: describeRule(match, results),
  };
  describeEvent(document, event);
  for (const { variable, value } of variables) writeVariable(document, variable, value);
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
