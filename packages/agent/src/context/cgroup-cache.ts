// SPDX-License-Identifier: Apache-2.0
// Control groups by the number events name them by. The kernel sends the path of a group once,
// before the first record of a file operation or exec that names it; a fork may come earlier.

import { findRuntimeContainerId } from './container-id.ts';
import { contextLimits } from './limits.ts';

/** A control group; never changed. */
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
    const text = keyText(key);
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

/** Makes a group of a path alone, for one whose number is not known. */
export function makeCgroup(path: string): Cgroup {
  return { path, runtimeContainerId: findRuntimeContainerId(path) };
}

function keyText({ hierarchy, id }: CgroupKey): string {
  return `${hierarchy}:${id}`;
}
