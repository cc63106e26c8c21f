// SPDX-License-Identifier: Apache-2.0
// Which of a process's control groups stands for it, by the lines of /proc/PID/cgroup. It is the
// one the kernel's records name: the unified group unless that is a root, then that of the first
// of these controllers which is not.

import type { Mount } from './mount-table.ts';

const controllers = ['memory', 'pids', 'cpu', 'devices'] as const;

export type CgroupMembership = {
  readonly hierarchy: number;
  /** Empty for the unified hierarchy. */
  readonly controller: string;
  readonly path: string;
};

/** Chooses the group that stands for a process; null when the text names none. */
export function chooseCgroup(text: string): CgroupMembership | null {
  const lines = text.split('\n').flatMap((line) => {
    const [, hierarchy, names, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (hierarchy === undefined || names === undefined || path === undefined) return [];
    return [{ hierarchy: Number(hierarchy), names: names.split(','), path }];
  });
  const unified = lines.find(({ hierarchy }) => hierarchy === 0);
  if (unified !== undefined && unified.path !== '/') {
    return { hierarchy: 0, controller: '', path: unified.path };
  }
  for (const controller of controllers) {
    const line = lines.find(({ names }) => names.includes(controller));
    if (line !== undefined && line.path !== '/') {
      return { hierarchy: line.hierarchy, controller, path: line.path };
    }
  }
  return unified === undefined ? null : { hierarchy: 0, controller: '', path: '/' };
}

/** Finds the directory of a group; null when its hierarchy is not mounted here. */
export function findCgroupDirectory(
  { controller, path }: CgroupMembership,
  mounts: readonly Mount[],
): string | null {
  const mount = mounts.find(({ filesystem, superOptions }) =>
    controller === ''
      ? filesystem === 'cgroup2'
      : filesystem === 'cgroup' && superOptions.includes(controller),
  );
  if (mount === undefined) return null;
  // In a control group namespace, groups outside of it are shown as paths that lead out of it.
  if (mount.root === '/') return path.startsWith('/..') ? null : mount.point + path;
  // Only a part of the hierarchy is mounted.
  if (path !== mount.root && !path.startsWith(`${mount.root}/`)) return null;
  return mount.point + path.slice(mount.root.length);
}
