// SPDX-License-Identifier: Apache-2.0
// What cases may need of a kernel, found by trying it and never by its version; and which of that
// each kernel is known to have. A skip for want of a feature that is listed here fails the run: it
// means that the kernel changed, or the question that found it.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Kernel } from './kernel-probe.ts';

export const featureNames = [
  /** Tracepoints of multigrain timestamps: inodes of most filesystems show (6.13). */
  'timestamp_tracepoints',
  /** ext4's own tracepoints can be attached to. */
  'ext4_tracepoints',
  /** The kernel's type descriptions tell the members of ext4's structs. */
  'ext4_types',
  'fchmodat2',
  /** 32-bit system calls. */
  'ia32_emulation',
  'overlayfs',
  /** A writable hierarchy of control groups of version 2. */
  'cgroup2',
] as const;

export type FeatureName = (typeof featureNames)[number];

const always: readonly FeatureName[] = ['ia32_emulation', 'overlayfs', 'cgroup2'];
const since61: readonly FeatureName[] = [...always, 'ext4_tracepoints', 'ext4_types'];

/** By kernel series, oldest first. */
export const knownFeatures: Readonly<Record<string, readonly FeatureName[]>> = {
  '5.10': always,
  '6.1': since61,
  '6.12': [...since61, 'fchmodat2'],
  '6.18': [...since61, 'fchmodat2', 'timestamp_tracepoints'],
  '7.2': [...since61, 'fchmodat2', 'timestamp_tracepoints'],
};

/** The series of a release: `6.1.0-56-amd64` is of 6.1. */
export function readSeries(release: string): string {
  return /^\d+\.\d+/.exec(release)?.[0] ?? release;
}

/** Features that a kernel of this series must have: its own row, or the newest one before it. */
export function listKnownFeatures(series: string): readonly FeatureName[] {
  const order = (text: string): number => {
    const [major = 0, minor = 0] = text.split('.').map(Number);
    return major * 1000 + minor;
  };
  const rows = Object.entries(knownFeatures).filter(([name]) => order(name) <= order(series));
  return rows.at(-1)?.[1] ?? [];
}

function hasFilesystem(name: string): boolean {
  spawnSync('modprobe', ['-q', name]);
  return readFileSync('/proc/filesystems', 'utf8').includes(`\t${name}\n`);
}

/** Tells which features the running kernel has. `operatePath`: the compiled program `operate`. */
export function findFeatures(kernel: Kernel, operatePath: string): ReadonlySet<FeatureName> {
  const { native, features } = kernel;
  const has = (tracepoint: string): boolean => features.tracepoints.has(tracepoint);
  const types = native.openKernelTypes();
  // Only the kernel's symbols say whether a member-less question about structs has an answer.
  const hasTypes = types.ok && types.value.findFunction('ext4_unlink') !== null;
  if (types.ok) types.value.close();
  // -38 is ENOSYS. The call is refused for its arguments where it exists.
  const probe = (line: string): boolean => {
    const { status, stdout } = spawnSync(operatePath, { input: `${line}\n`, encoding: 'utf8' });
    return status === 0 && !/^C 0 \d+ \d+ -38$/m.test(stdout);
  };
  const answers: Readonly<Record<FeatureName, boolean>> = {
    timestamp_tracepoints: has('ctime_ns_xchg') && has('inode_set_ctime_to_ts'),
    ext4_tracepoints: has('ext4_unlink_enter') && has('ext4_mark_inode_dirty'),
    ext4_types: hasTypes,
    fchmodat2: probe('call fchmodat2 i-1 sx i0 i0'),
    ia32_emulation: probe('call32 chmod sdoes/not/exist i0'),
    overlayfs: hasFilesystem('overlay'),
    cgroup2: ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].some((path) =>
      existsSync(`${path}/cgroup.procs`),
    ),
  };
  return new Set(featureNames.filter((name) => answers[name]));
}
