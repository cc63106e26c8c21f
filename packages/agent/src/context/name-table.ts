// SPDX-License-Identifier: Apache-2.0
// The names of one passwd or group file by number, read again when the file has become another.

import { contextLimits } from './limits.ts';
import type { NameFile, NameFileState, NameFiles } from './name-files.ts';

export class NameTable {
  readonly #files: NameFiles;
  #names: ReadonlyMap<number, string> = new Map();
  #state: NameFileState | null = null;
  #checkedMs = Number.NEGATIVE_INFINITY;

  constructor(files: NameFiles) {
    this.#files = files;
  }

  /** True when the file should be looked at again. */
  isDue(nowMs: number): boolean {
    return nowMs - this.#checkedMs >= contextLimits.nameFileCheckIntervalMs;
  }

  /** True when the file could be looked at at least once. */
  get isKnown(): boolean {
    return this.#state !== null;
  }

  /** Puts the next look off as if there had been one. */
  postpone(nowMs: number): void {
    this.#checkedMs = nowMs;
  }

  /** Reads the file if it changed. A file that is gone has no names. */
  check(file: NameFile, nowMs: number): void {
    this.#checkedMs = nowMs;
    const state = this.#files.findState(file);
    if (state !== null && this.#state !== null && isSameState(state, this.#state)) return;
    this.#state = state;
    this.#names = state === null ? new Map() : parseNames(this.#files.read(file) ?? '');
  }

  /** Finds a name; empty when there is none. */
  find(id: number): string {
    return this.#names.get(id) ?? '';
  }
}

function isSameState(a: NameFileState, b: NameFileState): boolean {
  return (
    a.inode === b.inode &&
    a.device === b.device &&
    a.size === b.size &&
    a.modificationTimeNs === b.modificationTimeNs &&
    a.changeTimeNs === b.changeTimeNs
  );
}

/** Parses passwd or group: in both, the name comes first and its number third. */
export function parseNames(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':', 3);
    if (name === undefined || name === '' || number === undefined) continue;
    // Lines that begin so ask other sources, or were switched off.
    if (/^[+#-]/.test(name) || !/^[0-9]{1,10}$/.test(number)) continue;
    const id = Number(number);
    // The first of several names is what everybody shows.
    if (id < 0xffffffff && !names.has(id)) names.set(id, name);
  }
  return names;
}
