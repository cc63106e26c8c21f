// SPDX-License-Identifier: Apache-2.0
// What cases may need of a kernel, found by trying it and never by its version; and which of that
// each kernel is known to have. A skip for want of a feature that is listed here fails the run: it
// means that the kernel changed, or the question that found it.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type BackendName, backendNames, type KernelFeatures, planProbe } from '@fimbul/probe';
import type { Kernel } from './kernel-probe.ts';

export const featureNames = [
  /** A backend can be forced. */
  ...backendNames,
  /** Tracepoints of multigrain timestamps: inodes of most filesystems show (6.13). */
  'timestamp_tracepoints',
  /** ext4's own tracepoints can be attached to. */
  'ext4_tracepoints',
  /** The kernel's type descriptions tell the members of ext4's structs. */
  'ext4_types',
  'fchmodat2',
  /** 32-bit system calls. */
  'ia32_emulation',
  /** io_uring removes and renames files, by threads of the process (5.12, and 5.10's updates). */
  'io_uring',
  'overlayfs',
  /** A writable hierarchy of control groups of version 2. */
  'cgroup2',
] as const;

export type FeatureName = (typeof featureNames)[number];

const always = ['tracepoint', 'ia32_emulation', 'io_uring', 'overlayfs', 'cgroup2'] as const;
const hooks = ['lsm', 'kprobe', 'fexit'] as const;
const since61 = [...always, 'ext4_tracepoints', 'ext4_types'] as const;
const since618 = [...since61, 'fchmodat2', 'timestamp_tracepoints'] as const;

const ENOENT = 2;
const EBADF = 9;

/** By kernel series, oldest first. */
export const knownFeatures: Readonly<Record<string, readonly FeatureName[]>> = {
  '5.10': [...always, ...hooks],
  '6.1': [...since61, ...hooks],
  '6.12': [...since61, ...hooks, 'fchmodat2'],
  // The kernel of the development machines takes no other hooks than tracepoints.
  '6.18': since618,
  '7.2': [...since618, ...hooks],
};

/** The series of a release: `6.1.0-56-amd64` is of 6.1. */
export function readSeries(release: string): string {
  return /^\d+\.\d+/.exec(release)?.[0] ?? release;
}

/** Whether a series came before another. */
export function isOlder(series: string, other: string): boolean {
  const order = (text: string): number => {
    const [major = 0, minor = 0] = text.split('.').map(Number);
    return major * 1000 + minor;
  };
  return order(series) < order(other);
}

/** Features that a kernel of this series must have: its own row, or the newest one before it. */
export function listKnownFeatures(series: string): readonly FeatureName[] {
  const rows = Object.entries(knownFeatures).filter(([name]) => !isOlder(series, name));
  return rows.at(-1)?.[1] ?? [];
}

/**
 * What is wrong with the features that were found. `withheld`: those that the machine was started
 * without, which must be missing.
 */
export function checkFeatures(
  series: string,
  found: ReadonlySet<FeatureName>,
  withheld: ReadonlySet<FeatureName>,
): readonly string[] {
  const lacking = listKnownFeatures(series).filter(
    (name) => !found.has(name) && !withheld.has(name),
  );
  const surplus = [...withheld].filter((name) => found.has(name));
  return [
    ...lacking.map((name) => `Linux ${series} has ${name}, but it was not found`),
    ...surplus.map((name) => `the machine was started without ${name}, but it was found`),
  ];
}

/** A backend is there when a plan can be made that it is forced in. */
function listUsableBackends(features: KernelFeatures): Readonly<Record<BackendName, boolean>> {
  const isUsable = (backend: BackendName): boolean => 'programs' in planProbe(features, backend);
  return {
    lsm: isUsable('lsm'),
    kprobe: isUsable('kprobe'),
    fexit: isUsable('fexit'),
    tracepoint: isUsable('tracepoint'),
  };
}

function hasFilesystem(name: string): boolean {
  spawnSync('modprobe', ['-q', name]);
  return readFileSync('/proc/filesystems', 'utf8').includes(`\t${name}\n`);
}

/** Tells which features the running kernel has. `operatePath`: the compiled program `operate`. */
export function findFeatures(
  { native, features }: Pick<Kernel, 'native' | 'features'>,
  operatePath: string,
): ReadonlySet<FeatureName> {
  const has = (tracepoint: string): boolean => features.tracepoints.has(tracepoint);
  const types = native.openKernelTypes();
  // Only the kernel's symbols say whether a member-less question about structs has an answer.
  const hasTypes = types.ok && types.value.findFunction('ext4_unlink') !== null;
  if (types.ok) types.value.close();
  const call = (line: string): string | null => {
    const { status, stdout } = spawnSync(operatePath, { input: `${line}\n`, encoding: 'utf8' });
    return status === 0 ? (/^C 0 \d+ \d+ -(\d+)$/m.exec(stdout)?.[1] ?? null) : null;
  };
  const fails = (line: string, error: number): boolean => call(line) === `${error}`;
  const answers: Readonly<Record<FeatureName, boolean>> = {
    ...listUsableBackends(features),
    timestamp_tracepoints: has('ctime_ns_xchg') && has('inode_set_ctime_to_ts'),
    ext4_tracepoints: has('ext4_unlink_enter') && has('ext4_mark_inode_dirty'),
    ext4_types: hasTypes,
    fchmodat2: fails('call fchmodat2 i-1 sx i0 i0', EBADF),
    ia32_emulation: fails('call32 chmod sdoes/not/exist i0', ENOENT),
    io_uring: fails('ring unlinkat i-100 sdoes/not/exist i0', ENOENT),
    overlayfs: hasFilesystem('overlay'),
    cgroup2: ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].some((path) =>
      existsSync(`${path}/cgroup.procs`),
    ),
  };
  return new Set(featureNames.filter((name) => answers[name]));
}
