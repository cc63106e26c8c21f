// SPDX-License-Identifier: Apache-2.0
// The host of a recording, as its notes tell: /proc and the names of users and groups. It answers
// what the recorder was answered, at the same place in the stream, and knows nothing of the host
// that it runs on. Bounded like the caches of the agent, whatever a recording holds.

import type { HostNamespaces, ProcessFacts } from '@fimbul/probe';
import { contextLimits } from '../context/limits.ts';
import type { ProcRead, ProcSource } from '../context/proc-source.ts';
import type { Note } from './notes.ts';
import type { RecordingMeta } from './recording-meta.ts';

/** Names kept. Beyond: the one that was noted first is forgotten. */
const namesMax = 1_048_576;

type NameNote = Extract<Note, { kind: 'name' }>;

function dropFirst<Key>(map: Map<Key, unknown>, sizeMax: number): void {
  if (map.size <= sizeMax) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

export class RecordedProc implements ProcSource {
  readonly #meta: Pick<RecordingMeta, 'namespaces' | 'showsAllProcesses'>;
  readonly #reads = new Map<number, ProcRead>();

  constructor(meta: Pick<RecordingMeta, 'namespaces' | 'showsAllProcesses'>) {
    this.#meta = meta;
  }

  /** From here on, this is what /proc shows of the process. */
  set(read: ProcRead): void {
    this.#reads.set(read.process.pid, read);
    dropFirst(this.#reads, contextLimits.processesMax);
  }

  /** From here on, /proc does not show the process. */
  remove(pid: number): void {
    this.#reads.delete(pid);
  }

  listPids(): number[] {
    return [...this.#reads.keys()];
  }

  readProcess(pid: number): ProcRead | null {
    return this.#reads.get(pid) ?? null;
  }

  readStartTicks(pid: number): bigint | null {
    return this.#reads.get(pid)?.process.startTicks ?? null;
  }

  readHostNamespaces(): HostNamespaces {
    return this.#meta.namespaces;
  }

  showsAllProcesses(): boolean {
    return this.#meta.showsAllProcesses;
  }
}

export class RecordedNames {
  readonly #names = new Map<string, string>();

  /** From here on, this is the name. */
  set({ database, mountNamespace, id, name }: NameNote): void {
    this.#names.set(`${database}:${mountNamespace}:${id}`, name);
    dropFirst(this.#names, namesMax);
  }

  findUser(uid: number, { mountNamespace }: ProcessFacts): string {
    return this.#names.get(`passwd:${mountNamespace}:${uid}`) ?? '';
  }

  findGroup(gid: number, { mountNamespace }: ProcessFacts): string {
    return this.#names.get(`group:${mountNamespace}:${gid}`) ?? '';
  }
}
