// SPDX-License-Identifier: Apache-2.0
// A /proc whose answers about processes are noted as they are given.

import type { HostNamespaces } from '@fimbul/probe';
import type { ProcRead, ProcSource } from '../context/proc-source.ts';
import type { Note } from './notes.ts';

type ProcNote = Extract<Note, { kind: 'process' | 'gone' }>;

export class ObservedProc implements ProcSource {
  readonly #proc: ProcSource;
  readonly #add: (note: ProcNote) => void;
  /** Processes that a replay would be shown. */
  readonly #shown = new Set<number>();

  constructor(proc: ProcSource, add: (note: ProcNote) => void) {
    this.#proc = proc;
    this.#add = add;
  }

  readProcess(pid: number): ProcRead | null {
    const read = this.#proc.readProcess(pid);
    if (read !== null) {
      this.#shown.add(pid);
      this.#add({ kind: 'process', read });
    } else if (this.#shown.delete(pid)) {
      this.#add({ kind: 'gone', pid });
    }
    return read;
  }

  listPids(): number[] {
    return this.#proc.listPids();
  }

  readStartTicks(pid: number): bigint | null {
    return this.#proc.readStartTicks(pid);
  }

  readHostNamespaces(): HostNamespaces {
    return this.#proc.readHostNamespaces();
  }

  showsAllProcesses(): boolean {
    return this.#proc.showsAllProcesses();
  }
}
