// SPDX-License-Identifier: Apache-2.0
// Paths that no call could spell, longer and deeper than a record holds: whatever is done at their
// end comes with the components nearest to the file and is said to be cut.

import { spawnSync } from 'node:child_process';
import { passEverything } from '@fimbul/probe';
import type { FilesystemName } from '../kernel-case.ts';
import { KernelProbe } from '../kernel-probe.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { compareTold, readToldCalls } from './told-paths.ts';

const ringBytes = 4 * 1024 * 1024;
const deadlineMs = 60_000;
const filesystems: readonly FilesystemName[] = ['ext4', 'tmpfs'];

/** How deep, and how many bytes a name: far from the limits, around them, and far beyond. */
const shapes = [
  [10, 5],
  [15, 255],
  [16, 255],
  [40, 200],
  [100, 255],
  [1000, 1],
  [1018, 3],
  [1500, 1],
] as const;

function checkDeepPaths(kit: CheckKit): readonly string[] {
  const probe = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
  try {
    const problems = filesystems.flatMap((filesystem) =>
      shapes.flatMap(([depth, bytes]) => {
        probe.take(() => false);
        const { pid, status, signal, stdout, stderr } = spawnSync(
          kit.operations.stress,
          ['deep', `${depth}`, `${bytes}`],
          { cwd: kit.playground.makeDirectory(filesystem), encoding: 'utf8', timeout: deadlineMs },
        );
        if (status !== 0) return [`deep ended with ${status ?? signal}: ${stderr}`];
        const records = probe.take((candidate) => candidate === pid);
        const wrong = compareTold(readToldCalls(stdout), records, () => false);
        return wrong.map((text) => `${filesystem}, ${depth} names of ${bytes} bytes: ${text}`);
      }),
    );
    return [...problems, ...probe.findImbalances()];
  } finally {
    probe.close();
  }
}

export const deepPathChecks: readonly KernelCheck[] = [
  {
    name: 'paths that no call could spell come with their nearest components',
    backends: ['kprobe'],
    run: checkDeepPaths,
  },
];
