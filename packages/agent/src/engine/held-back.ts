// SPDX-License-Identifier: Apache-2.0
// Matches that `every` holds back, until their period ends: of each period the last record with its
// process and variables, and the paths of all. A record is copied into memory that is used again,
// and no document is made before it is told, so that a flood of matches costs little more than
// counting them.
// Bounded: beyond, it names a period that has to be told before it ends. That is the oldest of the
// rule that holds most, so that a rule with many matches costs no other rule its period.

import { RecordBatch, RecordView } from '@fimbul/probe';
import { type CompiledRule, type DueAction, isList, nameLimit } from '@fimbul/rules/run';
import type { Operation } from '@fimbul/schema';
import { type EventSurroundings, EventView, type ProcessSubject } from './event-view.ts';
import {
  type ActionResult,
  type Match,
  type Suppressed,
  shownValuesMax,
  type VariableValue,
} from './match.ts';

export const heldBackLimits = {
  /** Periods that something is held back in, of all rules and limiter tokens. */
  periodsMax: 4096,
  /** Bytes of records, paths, variables and messages in all of them. */
  bytesMax: 16 * 1024 * 1024,
  /** Paths told of one period. */
  pathsMax: 100,
} as const;

type Period = {
  rule: CompiledRule;
  eventId: string;
  operation: Operation;
  subject: ProcessSubject;
  variables: readonly VariableValue[];
  results: readonly ActionResult[];
  deferred: readonly DueAction[];
  /** What variables and messages need. */
  textBytes: number;
  record: Uint8Array;
  recordLength: number;
  readonly paths: string[];
  pathCharacters: number;
  pathsOmitted: number;
};

/** Where a period is kept: under the name that its rules' limit has. */
export type PeriodPlace = { readonly limit: string; readonly limiterKey: string };

/** Periods of one rule and its siblings, from the one that began first. */
type RulePeriods = {
  readonly limit: string;
  readonly periods: Map<string, Period>;
  bytes: number;
};

/** What was kept of a period; `event` is valid until the next one is taken. */
export type HeldBackMatch = Pick<
  Period,
  'rule' | 'eventId' | 'variables' | 'results' | 'deferred'
> & {
  readonly event: EventView;
  readonly suppressed: Omit<Suppressed, 'count'>;
};

/** What was done for a match when it was held back, and what is due when it is told. */
export type HeldActions = Pick<Period, 'results' | 'deferred'>;

/** What a value is taken to need beside its characters. */
const valueBytes = 32;

function countBytes({ record, pathCharacters, textBytes }: Period): number {
  return record.length + pathCharacters + textBytes;
}

/** Copies what changes with later events, as far as alerts show it. */
function copyVariables(variables: readonly VariableValue[]): readonly VariableValue[] {
  return variables.map(({ variable, value }) => ({
    variable,
    value: isList(value) ? value.slice(-shownValuesMax) : value,
  }));
}

function countTextBytes({ variables, deferred }: Pick<Period, 'variables' | 'deferred'>): number {
  let bytes = 0;
  for (const { value } of variables) {
    for (const one of isList(value) ? value : [value])
      bytes += valueBytes + (typeof one === 'string' ? one.length : 0);
  }
  for (const due of deferred) bytes += due.kind === 'log' ? due.message.length : 0;
  return bytes;
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
  readonly #rules = new Map<string, RulePeriods>();
  readonly #surroundings: EventSurroundings;
  #size = 0;
  #bytes = 0;

  constructor(surroundings: EventSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Periods that something is held back in. */
  get size(): number {
    return this.#size;
  }

  /** Keeps a match in place of the one before it. */
  keep(limiterKey: string, match: Match, { results, deferred }: HeldActions): void {
    const { rule, event, eventId } = match;
    // First: when they cannot be read, nothing has changed.
    const paths = listPaths(event);
    const ofRule = this.#getRule(nameLimit(rule));
    const period = ofRule.periods.get(limiterKey) ?? this.#begin(ofRule, limiterKey, match);
    const bytesBefore = countBytes(period);
    period.rule = rule;
    period.eventId = eventId;
    period.operation = event.operation;
    period.subject = event.subject;
    period.variables = copyVariables(match.variables);
    period.results = results;
    period.deferred = deferred;
    period.textBytes = countTextBytes(period);
    copyRecord(event, period);
    notePaths(paths, period);
    this.#addBytes(ofRule, countBytes(period) - bytesBefore);
  }

  /**
   * Finds a period to be told and taken at once since too much is held back; null while there is
   * room. The search goes over rules, and is cheap beside the alert that it leads to.
   */
  findExcess(): PeriodPlace | null {
    const { periodsMax, bytesMax } = heldBackLimits;
    const isMany = this.#size > periodsMax;
    if (!isMany && this.#bytes <= bytesMax) return null;
    const measure = ({ periods, bytes }: RulePeriods) => (isMany ? periods.size : bytes);
    let most: RulePeriods | null = null;
    for (const ofRule of this.#rules.values()) {
      if (most === null || measure(ofRule) > measure(most)) most = ofRule;
    }
    const [limiterKey] = most?.periods.keys() ?? [];
    return most === null || limiterKey === undefined ? null : { limit: most.limit, limiterKey };
  }

  /** Takes what is kept of a period; null when there is nothing. */
  take(limit: string, limiterKey: string): HeldBackMatch | null {
    const ofRule = this.#rules.get(limit);
    const period = ofRule?.periods.get(limiterKey);
    if (ofRule === undefined || period === undefined) return null;
    ofRule.periods.delete(limiterKey);
    if (ofRule.periods.size === 0) this.#rules.delete(limit);
    this.#size -= 1;
    this.#addBytes(ofRule, -countBytes(period));
    const { rule, eventId, variables, results, deferred, paths, pathsOmitted } = period;
    const suppressed = { paths, pathsOmitted };
    const event = this.#show(period);
    return { rule, eventId, variables, results, deferred, event, suppressed };
  }

  #getRule(limit: string): RulePeriods {
    const known = this.#rules.get(limit);
    if (known !== undefined) return known;
    const ofRule = { limit, periods: new Map(), bytes: 0 };
    this.#rules.set(limit, ofRule);
    return ofRule;
  }

  #begin({ periods }: RulePeriods, limiterKey: string, match: Match): Period {
    const { rule, event, eventId } = match;
    const { operation, subject } = event;
    const period: Period = {
      ...{ rule, eventId, operation, subject },
      ...{ variables: [], results: [], deferred: [], textBytes: 0 },
      record: new Uint8Array(0),
      recordLength: 0,
      paths: [],
      pathCharacters: 0,
      pathsOmitted: 0,
    };
    periods.set(limiterKey, period);
    this.#size += 1;
    return period;
  }

  #addBytes(ofRule: RulePeriods, bytes: number): void {
    ofRule.bytes += bytes;
    this.#bytes += bytes;
  }

  #show({ record, recordLength, operation, subject }: Period): EventView {
    const batch = RecordBatch.of(record.subarray(0, recordLength));
    const view = new RecordView(batch);
    view.moveTo(batch, 0);
    const event = new EventView(view, this.#surroundings);
    event.moveTo(operation, subject);
    return event;
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

function notePaths(paths: readonly string[], period: Period): void {
  let isOmitted = false;
  for (const path of paths) {
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
