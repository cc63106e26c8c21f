// SPDX-License-Identifier: Apache-2.0
// Who is in a control group right now, by the group's own list, with all groups below it. The
// kernel's records tell of a process when it does something; this tells of those that do nothing.

import { readdirSync } from 'node:fs';
import { contextLimits } from './limits.ts';
import { type Mount, parseMountTable } from './mount-table.ts';
import { findCgroupDirectory } from './proc-cgroup.ts';
import { findStats } from './proc-executable.ts';
import { readProcFile, toPath } from './proc-files.ts';

export type CgroupPlace = {
  readonly hierarchy: number;
  readonly path: string;
};

/** The first controller of each hierarchy, by the lines of /proc/cgroups. */
function parseControllers(text: string): Map<number, string> {
  const controllers = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, name, hierarchy] = /^([a-z_]+)\t(\d+)\t/.exec(line) ?? [];
    if (name === undefined || hierarchy === undefined) continue;
    if (!controllers.has(Number(hierarchy))) controllers.set(Number(hierarchy), name);
  }
  return controllers.set(0, '');
}

function listDirectories(directory: string): string[] {
  try {
    return readdirSync(toPath(directory), { withFileTypes: true, encoding: 'latin1' })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${directory}/${entry.name}`);
  } catch {
    // Groups come and go while they are listed.
    return [];
  }
}

function listPids(directory: string): number[] {
  const text = readProcFile(`${directory}/cgroup.procs`) ?? '';
  // A process of another pid namespace is shown as 0.
  return text
    .split('\n')
    .filter((line) => /^[1-9]\d*$/.test(line))
    .map(Number);
}

export class CgroupMembers {
  readonly #mounts: readonly Mount[] = parseMountTable(readProcFile('/proc/self/mountinfo') ?? '');
  readonly #controllers = parseControllers(readProcFile('/proc/cgroups') ?? '');

  /** Lists the processes in a group and below; nothing where the group is not to be seen. */
  list({ hierarchy, path }: CgroupPlace): number[] {
    const controller = this.#controllers.get(hierarchy);
    if (controller === undefined) return [];
    const top = findCgroupDirectory({ hierarchy, controller, path }, this.#mounts);
    if (top === null || findStats(top) === null) return [];
    const pids: number[] = [];
    const left = [top];
    for (let looks = 0; looks < contextLimits.cgroupsBelowMax; looks += 1) {
      const directory = left.pop();
      if (directory === undefined) break;
      pids.push(...listPids(directory));
      left.push(...listDirectories(directory));
    }
    return pids;
  }
}
