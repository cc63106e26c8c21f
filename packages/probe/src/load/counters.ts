// SPDX-License-Identifier: Apache-2.0
// The kernel's counters, summed over its CPUs. For every record kind
// seen = approver_dropped + discarder_dropped + ignored_* + sent + lost_*, exactly, once quiet.

import {
  type CounterName,
  counterNames,
  type RecordKind,
  recordKinds,
  type TroubleName,
  troubleNames,
} from '@fimbul/schema';
import type { BpfLink } from '../bpf-link.ts';
import type { BpfObject } from '../bpf-object.ts';

export type KindCounters = Readonly<Record<CounterName, number>>;

export type Counters = {
  readonly kinds: Readonly<Record<RecordKind, KindCounters>>;
  readonly troubles: Readonly<Record<TroubleName, number>>;
  /**
   * By program, runs that the kernel skipped: because the program was preempted on that CPU, or
   * because too many calls of a function were under way to see them all return.
   */
  readonly skippedRuns: Readonly<Record<string, number>>;
};

/** Sums the values of one entry of a per-CPU map, each an array of `length` 64-bit numbers. */
function sumPerCpu(bytes: Uint8Array, length: number): number[] {
  const values = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const sums = new Array<bigint>(length).fill(0n);
  values.forEach((value, index) => {
    sums[index % length] = (sums[index % length] ?? 0n) + value;
  });
  return sums.map(Number);
}

function toRecord<Name extends string>(
  names: readonly Name[],
  values: readonly number[],
): Record<Name, number> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? 0])) as Record<
    Name,
    number
  >;
}

function readEntry(object: BpfObject, map: string, key: number, length: number): number[] {
  const bytes = object.mapGet(map, new Uint8Array(Uint32Array.of(key).buffer));
  if (!bytes) throw new Error(`map ${map} has no entry ${key}`);
  return sumPerCpu(bytes, length);
}

function readSkippedRuns(
  object: BpfObject,
  links: readonly Pick<BpfLink, 'program' | 'missedRuns'>[],
): Readonly<Record<string, number>> {
  const skipped: Record<string, number> = {};
  for (const { program } of links) {
    skipped[program] ??= Number(object.programStats(program)?.recursionMisses ?? 0n);
  }
  for (const link of links) {
    skipped[link.program] = (skipped[link.program] ?? 0) + Number(link.missedRuns() ?? 0n);
  }
  return skipped;
}

/** Reads the counters of a loaded object and of what is attached of it. */
export function readCounters(
  object: BpfObject,
  links: readonly Pick<BpfLink, 'program' | 'missedRuns'>[],
): Counters {
  const kinds = Object.fromEntries(
    recordKinds.map((kind, key) => [
      kind,
      toRecord(counterNames, readEntry(object, 'counters', key, counterNames.length)),
    ]),
  ) as Record<RecordKind, KindCounters>;
  const troubles = troubleNames.map((_name, key) => readEntry(object, 'troubles', key, 1)[0] ?? 0);
  return {
    kinds,
    troubles: toRecord(troubleNames, troubles),
    skippedRuns: readSkippedRuns(object, links),
  };
}

/** What is missing in the balance of a kind: 0 when every event seen is accounted for. */
export function getImbalance(counters: KindCounters): number {
  const { seen, ...ends } = counters;
  return seen - Object.values(ends).reduce((sum, value) => sum + value, 0);
}
