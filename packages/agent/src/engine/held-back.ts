// SPDX-License-Identifier: Apache-2.0
// Matches that `every` holds back, until their period ends: of each period the last record with its
// process, and the paths of all. A record is copied into memory that is used again, and no document
// is made before it is told, so that a flood of matches costs little more than counting them.
// Bounded: beyond, the oldest is forgotten, counted, and its period ends without an alert.

import { RecordBatch, RecordView } from '@fimbul/probe';
import type { CompiledRule } from '@fimbul/rules';
import type { Operation } from '@fimbul/schema';
import { type EventSurroundings, EventView, type ProcessSubject } from './event-view.ts';
import type { ActionResult, Match, Suppressed } from './match.ts';

export const heldBackLimits = {
  /** Periods that something is held back in, of all rules and limiter tokens. */
  periodsMax: 4096,
  /** Bytes of records and paths in all of them. */
  bytesMax: 16 * 1024 * 1024,
  /** Paths told of one period. */
  pathsMax: 100,
} as const;

type Period = {
  rule: CompiledRule;
  eventId: string;
  timeNs: bigint;
  operation: Operation;
  subject: ProcessSubject;
  results: readonly ActionResult[];
  record: Uint8Array;
  recordLength: number;
  readonly paths: string[];
  pathCharacters: number;
  pathsOmitted: number;
};

/** What was kept of a period; `event` is valid until the next one is taken. */
export type HeldBackMatch = Pick<Period, 'rule' | 'eventId' | 'timeNs' | 'results'> & {
  readonly event: EventView;
  readonly suppressed: Omit<Suppressed, 'count'>;
};

function getKey(group: number, limiterKey: string): string {
  return `${group} ${limiterKey}`;
}

function countBytes({ record, pathCharacters }: Period): number {
  return record.length + pathCharacters;
}

/** The paths that an event is about: a rename has two. */
function listPaths(event: EventView): readonly string[] {
  switch (event.operation) {
    case 'exec':
    case 'exit': {
      const { script, executable } = event.subject.entry.image;
      const path = (script ?? executable)?.path ?? '';
      return path === '' ? [] : [path];
    }
    case 'rename':
      return [event.file.path, event.destination.path];
    default:
      return [event.file.path];
  }
}

export class HeldBack {
  readonly #periods = new Map<string, Period>();
  readonly #surroundings: EventSurroundings;
  #bytes = 0;
  #forgotten = 0;

  constructor(surroundings: EventSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Periods whose last match was forgotten because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Periods that something is held back in. */
  get size(): number {
    return this.#periods.size;
  }

  /** Keeps a match in place of the one before it. */
  keep(limiterKey: string, match: Match, results: readonly ActionResult[]): void {
    const { rule, event, eventId, timeNs } = match;
    const key = getKey(rule.group, limiterKey);
    const period = this.#periods.get(key) ?? this.#begin(key, match);
    this.#bytes -= countBytes(period);
    period.rule = rule;
    period.eventId = eventId;
    period.timeNs = timeNs;
    period.operation = event.operation;
    period.subject = event.subject;
    period.results = results;
    copyRecord(event, period);
    notePaths(event, period);
    this.#bytes += countBytes(period);
    this.#forgetOld();
  }

  /** Takes what is kept of a period; null when it was forgotten. */
  take(group: number, limiterKey: string): HeldBackMatch | null {
    const key = getKey(group, limiterKey);
    const period = this.#periods.get(key);
    if (period === undefined) return null;
    this.#remove(key, period);
    const { rule, eventId, timeNs, results, paths, pathsOmitted } = period;
    const event = this.#show(period);
    return { rule, eventId, timeNs, results, event, suppressed: { paths, pathsOmitted } };
  }

  #begin(key: string, { rule, event, eventId, timeNs }: Match): Period {
    const { operation, subject } = event;
    const period: Period = {
      ...{ rule, eventId, timeNs, operation, subject },
      results: [],
      record: new Uint8Array(0),
      recordLength: 0,
      paths: [],
      pathCharacters: 0,
      pathsOmitted: 0,
    };
    this.#periods.set(key, period);
    return period;
  }

  #show({ record, recordLength, operation, subject }: Period): EventView {
    const batch = RecordBatch.of(record.subarray(0, recordLength));
    const view = new RecordView(batch);
    view.moveTo(batch, 0);
    const event = new EventView(view, this.#surroundings);
    event.moveTo(operation, subject);
    return event;
  }

  #forgetOld(): void {
    const { periodsMax, bytesMax } = heldBackLimits;
    for (const [key, period] of this.#periods) {
      if (this.#periods.size <= periodsMax && this.#bytes <= bytesMax) return;
      this.#remove(key, period);
      this.#forgotten += 1;
    }
  }

  #remove(key: string, period: Period): void {
    this.#periods.delete(key);
    this.#bytes -= countBytes(period);
  }
}

function copyRecord({ record }: EventView, period: Period): void {
  period.recordLength = record.length;
  // A record that is shorter by much must not keep the room of a long one.
  if (period.record.length < record.length || period.record.length > 4 * record.length) {
    period.record = record.copyBytes();
  } else {
    record.copyInto(period.record);
  }
}

function notePaths(event: EventView, period: Period): void {
  let isOmitted = false;
  for (const path of listPaths(event)) {
    if (period.paths.includes(path)) continue;
    if (period.paths.length < heldBackLimits.pathsMax) {
      period.paths.push(path);
      period.pathCharacters += path.length;
    } else {
      isOmitted = true;
    }
  }
  if (isOmitted) period.pathsOmitted += 1;
}
