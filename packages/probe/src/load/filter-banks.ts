// SPDX-License-Identifier: Apache-2.0
// Rule sets in the kernel's tables, which have a bank for each of two: one serves events while the
// other one is filled. One word says which serves; a program reads it once for each event.

import { type KernelFilter, kernelLimits, type ProgramFilter } from '@fimbul/schema';
import type { BpfObject } from '../bpf-object.ts';
import { type Result, refuse, succeed } from '../probe-error.ts';
import { type FittingFilter, fitFilter } from './coarse-filter.ts';
import { checkRoom, type FilterRoom, listMapEntries } from './filter-room.ts';
import { encodeFilter, type FilterPlace, getProgramPlace } from './filter-tables.ts';
import { encodeU32, type MapEntry } from './map-entry.ts';
import type { PathPlace } from './path-tables.ts';
import { encodeToldProcess, type ToldProcess } from './told-processes.ts';
import { WrittenEntries } from './written-entries.ts';

const serving = new Uint8Array(4);
const firstGeneration = 1;

/** Sizes the tables of an object that is not loaded yet. */
export function makeRoom(object: BpfObject, room: FilterRoom): void {
  for (const [map, entries] of listMapEntries(room)) object.setMapEntries(map, entries);
}

type Bank = {
  readonly place: FilterPlace;
  readonly programs: ProgramFilter | null;
  readonly programPlace: PathPlace;
  readonly written: WrittenEntries;
};

export class FilterBanks {
  readonly #object: Pick<BpfObject, 'mapSet' | 'mapDelete'>;
  readonly #room: FilterRoom;
  #serving: Bank | null = null;
  /** What served before, still in its tables. */
  #replaced: Bank | null = null;

  constructor(object: Pick<BpfObject, 'mapSet' | 'mapDelete'>, room: FilterRoom) {
    this.#object = object;
    this.#room = room;
  }

  /** What records are marked with that the serving filter let pass; 0 before there is one. */
  get generation(): number {
    return this.#serving?.place.generation ?? 0;
  }

  /** What the serving filter asks of programs. */
  get programs(): ProgramFilter | null {
    return this.#serving?.programs ?? null;
  }

  /** Tells the serving filter of a process; false when there is no room for more. */
  tellProcess(process: ToldProcess): boolean {
    if (!this.#serving) return false;
    const { place, programPlace } = this.#serving;
    const { map, key, value } = encodeToldProcess(process, place.generation, programPlace);
    return this.#object.mapSet(map, key, value) !== 'full';
  }

  /** Makes a filter fit into the tables. */
  fit(filter: KernelFilter): FittingFilter {
    return fitFilter(filter, this.#room);
  }

  /**
   * Lets a filter serve from now on. Programs that are under way go on with the one before, which
   * stays in its tables until `forgetReplaced`; before that no other one can follow.
   */
  serve(filter: KernelFilter): Result<void> {
    const checked = checkRoom(filter, this.#room);
    if (!checked.ok) return checked;
    if (this.#replaced) {
      return refuse({
        code: 'wrong_state',
        what: 'replace the kernel filter: the one that was replaced last is still in its tables',
        advice: 'wait for the programs and records of the one before, then forget it',
      });
    }
    const before = this.#serving?.place;
    const place: FilterPlace = {
      bank: before ? (before.bank + 1) % kernelLimits.FILTER_BANKS : 0,
      generation: before ? before.generation + 1 : firstGeneration,
      room: this.#room,
    };
    const { programs } = filter;
    const programPlace = getProgramPlace(filter, place);
    const next: Bank = { place, programs, programPlace, written: new WrittenEntries() };
    const filled = this.#fill(next, filter);
    if (!filled.ok) return filled;
    this.#object.mapSet('filter_bank', serving, encodeU32(next.place.bank));
    this.#replaced = this.#serving;
    this.#serving = next;
    return succeed(undefined);
  }

  /**
   * Empties the tables of the filter that was replaced. No program may still be using it: a grace
   * period of RCU must have passed since, and the ring must have been read to its end after that.
   */
  forgetReplaced(): void {
    this.#replaced?.written.clear(this.#object);
    this.#replaced = null;
  }

  #fill(next: Bank, filter: KernelFilter): Result<void> {
    for (const entry of encodeFilter(filter, next.place)) {
      if (this.#set(next, entry)) continue;
      next.written.clear(this.#object);
      return refuse({
        code: 'map_refused',
        what: `install the kernel filter: the map ${entry.map} is full`,
        advice: 'start the agent again to make room for these rules',
      });
    }
    return succeed(undefined);
  }

  /** False when the map is full. Whatever fails, nothing stays where another filter will stand. */
  #set({ written }: Bank, entry: MapEntry): boolean {
    written.add(entry);
    try {
      return this.#object.mapSet(entry.map, entry.key, entry.value) !== 'full';
    } catch (error) {
      written.clear(this.#object);
      throw error;
    }
  }
}
