// SPDX-License-Identifier: Apache-2.0
// Names of users and groups, as the files of the mount namespace of the process have them: a number
// means one user on the host and another in a container. Looked up when a rule or an alert asks.
// An unknown name is empty.

import type { ProcessFacts } from '@fimbul/probe';
import { contextLimits } from './limits.ts';
import type { NameFileKind, NameFiles } from './name-files.ts';
import { NameTable } from './name-table.ts';
import type { ProcessCache } from './process-cache.ts';
import type { ProcessEntry } from './process-entry.ts';

/** The number that stands for no user or group. */
const idUnset = 0xffffffff;

type NamespaceTables = Readonly<Record<NameFileKind, NameTable>> & { readonly madeMs: number };

export type UserNamesParts = {
  readonly files: NameFiles;
  readonly clock: { readonly nowMs: () => number };
  /** Where the ancestors of a process that has ended are found. */
  readonly processes: Pick<ProcessCache, 'find'>;
};

export class UserNames {
  readonly #files: NameFiles;
  readonly #nowMs: () => number;
  readonly #processes: Pick<ProcessCache, 'find'>;
  readonly #ownNamespace: number;
  readonly #own: NamespaceTables;
  readonly #others = new Map<number, NamespaceTables>();

  constructor({ files, clock, processes }: UserNamesParts) {
    this.#files = files;
    this.#nowMs = clock.nowMs;
    this.#processes = processes;
    this.#ownNamespace = files.readOwnMountNamespace();
    this.#own = this.#makeTables();
  }

  /** Finds the name of a user as a process sees it; empty when it has none. */
  findUser(uid: number, process: ProcessFacts): string {
    return this.#find('passwd', uid, process);
  }

  /** Finds the name of a group as a process sees it; empty when it has none. */
  findGroup(gid: number, process: ProcessFacts): string {
    return this.#find('group', gid, process);
  }

  #find(kind: NameFileKind, id: number, process: ProcessFacts): string {
    if (id === idUnset) return '';
    const namespace = process.mountNamespace;
    const isOwn = namespace === this.#ownNamespace || namespace === 0;
    return isOwn ? this.#findOwn(kind, id) : this.#findForeign(kind, id, process);
  }

  #findOwn(kind: NameFileKind, id: number): string {
    const table = this.#own[kind];
    const nowMs = this.#nowMs();
    if (table.isDue(nowMs)) table.check({ kind, pid: null }, nowMs);
    return table.find(id);
  }

  #findForeign(kind: NameFileKind, id: number, process: ProcessFacts): string {
    const tables = this.#findTables(process.mountNamespace);
    const table = tables[kind];
    const nowMs = this.#nowMs();
    if (table.isDue(nowMs)) {
      const pid = this.#findInside(process);
      if (pid !== null) {
        // A container is born with the host's files and gets its own a moment later: until it has
        // settled, the host's are not taken for its own.
        const isYoung = nowMs - tables.madeMs < contextLimits.nameNamespaceSettleMs;
        if (isYoung && this.#sharesOwnFile(kind, pid)) return this.#findOwn(kind, id);
        table.check({ kind, pid }, nowMs);
      } else if (table.isKnown) {
        // With nobody left to look through, what is known of a namespace stays true enough.
        table.postpone(nowMs);
      }
    }
    return table.find(id);
  }

  #sharesOwnFile(kind: NameFileKind, pid: number): boolean {
    const own = this.#files.findState({ kind, pid: null });
    const theirs = this.#files.findState({ kind, pid });
    return own !== null && own.inode === theirs?.inode && own.device === theirs.device;
  }

  /** Finds a process that still is in the mount namespace: the process itself or an ancestor. */
  #findInside(process: ProcessFacts): number | null {
    const isInside = (pid: number): boolean =>
      this.#files.readMountNamespace(pid) === process.mountNamespace;
    if (isInside(process.pid)) return process.pid;
    const entry = this.#processes.find(process.pid, process.startTimeNs);
    let ancestor: ProcessEntry | null = entry?.lineage.nearest ?? null;
    for (let tries = 1; tries < contextLimits.nameProcessesMax && ancestor !== null; ) {
      if (ancestor.facts.mountNamespace === process.mountNamespace) {
        if (isInside(ancestor.pid)) return ancestor.pid;
        tries += 1;
      }
      ancestor = ancestor.lineage.nearest;
    }
    return null;
  }

  #findTables(namespace: number): NamespaceTables {
    const tables = this.#others.get(namespace) ?? this.#makeTables();
    // The order of the map is the order of use.
    this.#others.delete(namespace);
    this.#others.set(namespace, tables);
    if (this.#others.size > contextLimits.nameNamespacesMax) {
      for (const oldest of this.#others.keys()) {
        this.#others.delete(oldest);
        break;
      }
    }
    return tables;
  }

  #makeTables(): NamespaceTables {
    return {
      passwd: new NameTable(this.#files),
      group: new NameTable(this.#files),
      madeMs: this.#nowMs(),
    };
  }
}
