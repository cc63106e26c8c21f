// SPDX-License-Identifier: Apache-2.0
// Where a process runs: its control group, and the container that follows from it. An isolated
// process in a group that the host itself uses is a sandbox, such as a browser's, and no container.

import type { HostNamespaces, ProcessFacts } from '@fimbul/probe';
import { type Cgroup, type CgroupCache, unknownCgroup } from './cgroup-cache.ts';
import { findPlainContainerId, isIsolated } from './container-id.ts';
import type { ProcCgroup } from './proc-source.ts';
import type { ProcessEntry } from './process-entry.ts';

export type Place = Pick<ProcessEntry, 'cgroup' | 'containerId'>;

export class Placement {
  readonly #cgroups: CgroupCache;
  readonly #host: HostNamespaces;
  readonly #usedByHost = new WeakSet<Cgroup>();

  constructor(cgroups: CgroupCache, host: HostNamespaces) {
    this.#cgroups = cgroups;
    this.#host = host;
  }

  /**
   * Says where a process runs.
   * @param near The process before this change, or who created it: most often in the same place.
   */
  locate(facts: ProcessFacts, near: ProcessEntry | null): Place {
    return this.#contain(this.#findCgroup(facts, near), facts, near);
  }

  /** As `locate`, for a process whose group /proc told. */
  locateRead(facts: ProcessFacts, near: ProcessEntry | null, read: ProcCgroup | null): Place {
    if (read === null) return this.locate(facts, near);
    return this.#contain(this.#rememberCgroup(read), facts, near);
  }

  /**
   * Learns from a process that executed a program in a group it was already created in. That is
   * the life of a group of the host. What a container runtime leaves in the container's group on
   * its way into the namespaces either came from elsewhere or executes nothing any more.
   */
  learnExec(entry: ProcessEntry, creation: ProcessFacts): void {
    const { facts, cgroup } = entry;
    if (facts.pidNamespace !== this.#host.pid || cgroup === unknownCgroup) return;
    if (isInSameCgroup(facts, creation)) this.#usedByHost.add(cgroup);
  }

  #rememberCgroup({ hierarchy, id, path }: ProcCgroup): Cgroup {
    if (id === 0n) return this.#cgroups.setUnnumbered(hierarchy, path);
    return this.#cgroups.set({ hierarchy, id }, path);
  }

  #findCgroup(facts: ProcessFacts, near: ProcessEntry | null): Cgroup {
    if (near !== null && near.cgroup !== unknownCgroup && isInSameCgroup(facts, near.facts)) {
      return near.cgroup;
    }
    const found = this.#cgroups.find({ hierarchy: facts.cgroupHierarchy, id: facts.cgroupId });
    // A group read from /proc whose number was not to be seen is believed until a record tells.
    const isNumberNew = near?.pid === facts.pid && near.facts.cgroupId === 0n;
    return found === unknownCgroup && isNumberNew ? near.cgroup : found;
  }

  #contain(cgroup: Cgroup, facts: ProcessFacts, near: ProcessEntry | null): Place {
    if (cgroup.runtimeContainerId !== '') {
      return { cgroup, containerId: cgroup.runtimeContainerId };
    }
    if (!isIsolated(facts, this.#host) || this.#usedByHost.has(cgroup)) {
      return { cgroup, containerId: '' };
    }
    const isSameNamespace = near?.facts.pidNamespace === facts.pidNamespace;
    const known = isSameNamespace ? near.containerId : '';
    return { cgroup, containerId: findPlainContainerId(cgroup.path, known) };
  }
}

function isInSameCgroup(a: ProcessFacts, b: ProcessFacts): boolean {
  return a.cgroupId === b.cgroupId && a.cgroupHierarchy === b.cgroupHierarchy;
}
