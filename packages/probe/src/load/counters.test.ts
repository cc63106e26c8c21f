// SPDX-License-Identifier: Apache-2.0
// Counters out of the maps of a kernel that is played here.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counterNames, recordKinds, troubleNames } from '@fimbul/schema';
import type { BpfObject } from '../bpf-object.ts';
import { getImbalance, type KindCounters, readCounters } from './counters.ts';

type Entries = Readonly<Record<'counters' | 'troubles', (key: number) => readonly bigint[] | null>>;

/** An object whose maps have the values that a test gives, one CPU after the other. */
function makeObject(entries: Entries, misses: Readonly<Record<string, bigint>> = {}): BpfObject {
  const object: Pick<BpfObject, 'mapGet' | 'programStats'> = {
    mapGet: (map, key) => {
      const number = new DataView(key.buffer).getUint32(0, true);
      const values = entries[map as keyof Entries](number);
      return values && new Uint8Array(BigUint64Array.from(values).buffer);
    },
    programStats: (name) => ({
      runCount: 0n,
      runTimeNs: 0n,
      recursionMisses: misses[name] ?? 0n,
      verifiedInstructions: 0,
      translatedBytes: 0,
      compiledBytes: 0,
    }),
  };
  // A test object is only what the counters look at.
  return object as BpfObject;
}

function link(program: string, missed: bigint | null) {
  return { program, missedRuns: () => missed };
}

const zeros = { counters: () => counterNames.map(() => 0n), troubles: () => [0n] };

describe('readCounters', () => {
  it('gives every counter of every kind its own number', () => {
    const object = makeObject({
      ...zeros,
      counters: (kind) => counterNames.map((_name, index) => BigInt(100 * kind + index)),
    });
    const { kinds } = readCounters(object, []);
    recordKinds.forEach((kind, number) => {
      const expected = counterNames.map((name, index) => [name, 100 * number + index]);
      assert.deepEqual(Object.entries(kinds[kind]), expected);
    });
  });

  it('adds up the CPUs', () => {
    const perCpu = (cpu: number): bigint[] =>
      counterNames.map((_name, i) => BigInt(i + 1000 * cpu));
    const object = makeObject({
      ...zeros,
      counters: (kind) => (kind === 2 ? [...perCpu(0), ...perCpu(1), ...perCpu(2)] : perCpu(0)),
    });
    const { rename } = readCounters(object, []).kinds;
    counterNames.forEach((name, index) => {
      assert.equal(rename[name], 3 * index + 3000);
    });
  });

  it('gives every trouble its own number', () => {
    const object = makeObject({ ...zeros, troubles: (key) => [BigInt(key), 10n, 10n] });
    assert.deepEqual(
      Object.entries(readCounters(object, []).troubles),
      troubleNames.map((name, key) => [name, key + 20]),
    );
  });

  it('tells the skipped runs of the programs that it is asked for', () => {
    const object = makeObject(zeros, { sys_exit: 3n, other: 4n });
    const { skippedRuns } = readCounters(object, [
      link('sys_exit', null),
      link('sched_process_exec', null),
    ]);
    assert.deepEqual(skippedRuns, { sys_exit: 3, sched_process_exec: 0 });
  });

  it('adds the returns that were missed, at every place where a program is attached', () => {
    const object = makeObject(zeros, { kretprobe_open: 3n, kretprobe_chmod_syscall: 10n });
    const { skippedRuns } = readCounters(object, [
      link('kretprobe_open', 5n),
      link('kretprobe_chmod_syscall', 1n),
      link('kretprobe_chmod_syscall', 2n),
    ]);
    assert.deepEqual(skippedRuns, { kretprobe_open: 8, kretprobe_chmod_syscall: 13 });
  });

  it('does not take a map without the entry for zeros', () => {
    assert.throws(
      () => readCounters(makeObject({ ...zeros, troubles: () => null }), []),
      /map troubles has no entry 0/,
    );
  });
});

describe('getImbalance', () => {
  const balanced = Object.fromEntries(
    counterNames.map((name) => [name, name === 'seen' ? counterNames.length - 1 : 1]),
  ) as KindCounters;

  it('is zero when every event seen has one end', () => assert.equal(getImbalance(balanced), 0));

  it('counts each end', () => {
    for (const name of counterNames.slice(1)) {
      assert.equal(getImbalance({ ...balanced, [name]: 3 }), -2, name);
    }
    assert.equal(getImbalance({ ...balanced, seen: 100 }), 100 - (counterNames.length - 1));
  });
});
