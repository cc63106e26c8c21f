// SPDX-License-Identifier: Apache-2.0
// Control groups by the number events name them by. The kernel sends the path of a group once,
// before the first record of a file operation or exec that names it; a fork may come earlier.

import { findRuntimeContainerId } from './container-id.ts';
import { contextLimits } from './limits.ts';

/**
 * A control group; never changed. As long as the cache or a process knows the group, it is one
 * object, so that what belongs to a group can be kept by it.
 */
export type Cgroup = {
  /** Path within its hierarchy, such as `/system.slice/ssh.service`; empty when not known. */
  readonly path: string;
  /** Identifier of the container by the shape of the path, or empty. */
  readonly runtimeContainerId: string;
};

/** A group whose path is not known (yet). */
export const unknownCgroup: Cgroup = { path: '', runtimeContainerId: '' };

export type CgroupKey = {
  readonly hierarchy: number;
  /** The kernel's own number of the group, which is the inode number of its directory. */
  readonly id: bigint;
};

export class CgroupCache {
  readonly #groups = new Map<string, Cgroup>();
  #dropped = 0;

  /** Remembers the path of a group. */
  set(key: CgroupKey, path: string): Cgroup {
    return this.#set(keyText(key), path);
  }

  /** Remembers a group whose number is not to be seen: its path has to tell it from others. */
  setUnnumbered(hierarchy: number, path: string): Cgroup {
    return this.#set(`${hierarchy}:${path}`, path);
  }

  #set(text: string, path: string): Cgroup {
    const known = this.#groups.get(text);
    const group = known?.path === path ? known : makeCgroup(path);
    this.#groups.delete(text);
    this.#groups.set(text, group);
    if (this.#groups.size > contextLimits.cgroupsMax) this.#dropLeastUsed();
    return group;
  }

  /** Finds a group; `unknownCgroup` when nothing told its path. */
  find(key: CgroupKey): Cgroup {
    const text = keyText(key);
    const group = this.#groups.get(text);
    if (group === undefined) return unknownCgroup;
    // The order of the map is the order of use.
    this.#groups.delete(text);
    this.#groups.set(text, group);
    return group;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Groups dropped because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  #dropLeastUsed(): void {
    for (const text of this.#groups.keys()) {
      this.#groups.delete(text);
      this.#dropped += 1;
      return;
    }
  }
}

function makeCgroup(path: string): Cgroup {
  return { path, runtimeContainerId: findRuntimeContainerId(path) };
}

function keyText({ hierarchy, id }: CgroupKey): string {
  return `${hierarchy}:${id}`;
}
