// SPDX-License-Identifier: Apache-2.0
// Thousands of mounts in one namespace: bound directories, filesystems of their own, mounts stacked
// over one directory, files bound over files. Every path is right, or is said to be cut: where a
// filesystem has more mounts than are looked at, the path is the caller's.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { passEverything } from '@fimbul/probe';
import { KernelProbe } from '../kernel-probe.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { compareTold, readToldCalls } from './told-paths.ts';

const ringBytes = 16 * 1024 * 1024;
const deadlineMs = 90_000;
const outputBytesMax = 16 * 1024 * 1024;
/** After this line, more mounts are above each path than are climbed. */
const cutMark = 'cut\n';

function checkMounts(kit: CheckKit): readonly string[] {
  const counts = kit.isOwnMachine ? ['1500', '100', '900', '100'] : ['2000', '400', '900', '400'];
  const cwd = kit.playground.makeDirectory('ext4');
  const probe = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
  try {
    probe.take(() => false);
    const { pid, status, signal, stdout, stderr } = spawnSync(
      kit.operations.stress,
      ['mounts', ...counts],
      { cwd, encoding: 'utf8', timeout: deadlineMs, maxBuffer: outputBytesMax },
    );
    if (status !== 0) return [`mounts ended with ${status ?? signal}: ${stderr}`];
    const [whole = '', cut] = stdout.split(cutMark);
    if (cut === undefined) return [`mounts said nothing of paths that are cut: ${stderr}`];
    const wholeCount = readToldCalls(whole).length;
    const records = probe.take((candidate) => candidate === pid);
    const problems = compareTold(readToldCalls(whole + cut), records, (i) => i >= wholeCount);
    return [...problems, ...probe.findImbalances()];
  } finally {
    probe.close();
    rmSync(cwd, { recursive: true });
  }
}

export const manyMountChecks: readonly KernelCheck[] = [
  {
    name: 'below thousands of mounts every path is right or said to be cut',
    backends: ['kprobe'],
    run: checkMounts,
  },
];
