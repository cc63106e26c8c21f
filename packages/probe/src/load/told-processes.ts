// SPDX-License-Identifier: Apache-2.0
// A process that user space knows, as the kernel filter keeps processes: so it is told of those
// from before the probe, and of all when other rules ask other questions.

import { filterProcessOffsets } from '@fimbul/schema';
import type { MapEntry } from './map-entry.ts';
import type { PathPlace } from './path-tables.ts';

export type ToldProcess = {
  readonly pid: number;
  /** Nanoseconds of CLOCK_BOOTTIME, in the same tick of /proc as the start. */
  readonly startTimeNs: bigint;
  /** Time of the exec, nanoseconds of CLOCK_BOOTTIME; 0 for one before the probe. */
  readonly imageNs: bigint;
  /** False for a copy of its creator, which runs what that one ran. */
  readonly isExec: boolean;
  /** Class of what it runs, in the automaton of programs of the serving filter; null: not known. */
  readonly programClass: number | null;
  /** Bits of the atoms that may hold of an ancestor, and of those that hold of one for certain. */
  readonly lineageMay: number;
  readonly lineageMust: number;
  /** Null where some were left out. */
  readonly ancestors: number | null;
  readonly earlierImages: number;
};

const startTickNs = 10_000_000n;
const keyBytes = 16;
const ancestorsUnknown = 0xffff;
const classUnknown = 0xffff_ffff;

export function encodeToldProcess(
  process: ToldProcess,
  generation: number,
  place: PathPlace,
): MapEntry {
  const at = filterProcessOffsets;
  const { startTimeNs } = process;
  const startNs = startTimeNs - (startTimeNs % startTickNs);
  const key = new BigUint64Array([startNs, BigInt(process.pid)]);
  const value = new Uint8Array(at.size);
  const view = new DataView(value.buffer);
  view.setBigUint64(at.startTimeNs, startNs, true);
  view.setBigUint64(at.pid, BigInt(process.pid), true);
  view.setBigUint64(at.image, process.imageNs, true);
  view.setUint32(at.generation, generation, true);
  const { programClass } = process;
  const kernelClass = programClass === null ? classUnknown : place.firstClass + programClass;
  view.setUint32(at.programClass, kernelClass, true);
  view.setUint32(at.lineageMay, process.lineageMay, true);
  view.setUint32(at.lineageMust, process.lineageMust, true);
  view.setUint16(at.ancestors, process.ancestors ?? ancestorsUnknown, true);
  view.setUint16(at.earlierImages, process.earlierImages, true);
  view.setUint32(at.isExec, process.isExec ? 1 : 0, true);
  return {
    map: 'filter_processes_told',
    key: new Uint8Array(key.buffer, 0, keyBytes),
    value,
  };
}
