// SPDX-License-Identifier: Apache-2.0
// What the running kernel offers, found by asking it and never by its version. Where the kernel
// gives no clear answer the value is null: inconclusive, and not remembered as a no.

import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Native, ProgramTrial } from '../native.ts';
import type { ProgramKind } from '../native-addon.ts';
import { type Result, succeed } from '../probe-error.ts';
import { optionalHooks, requiredHooks } from './hooks.ts';

export type BackendName = 'lsm' | 'kprobe' | 'fexit' | 'tracepoint';

export type KernelFeatures = {
  readonly release: string;
  /** Members can be read through typed pointers: bpf_rdonly_cast, Linux 6.2. */
  readonly typedReads: boolean;
  /** Names of the tracepoints of our hooks that exist, with the module they are in. */
  readonly tracepoints: ReadonlyMap<string, string>;
  /** What became of a trivial program of each backend's kind. */
  readonly backends: Readonly<Record<BackendName, ProgramTrial>>;
  /** `none`, `integrity` or `confidentiality`; null when securityfs is not mounted. */
  readonly lockdown: string | null;
  /** Active security modules, comma-separated; null when securityfs is not mounted. */
  readonly securityModules: string | null;
};

const trials: Readonly<Record<BackendName, readonly [ProgramKind, string]>> = {
  lsm: ['lsm', 'file_open'],
  kprobe: ['kprobe', 'security_file_open'],
  fexit: ['fexit', 'security_file_open'],
  tracepoint: ['tp_btf', 'sys_exit'],
};

function readLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function readLockdown(): string | null {
  const line = readLine('/sys/kernel/security/lockdown');
  return line === null ? null : (/\[(\w+)\]/.exec(line)?.[1] ?? line);
}

/** Asks the kernel. Refused when its types cannot be read: no backend works without them. */
export function readKernelFeatures(native: Native, btfDirectory?: string): Result<KernelFeatures> {
  const opened = native.openKernelTypes(btfDirectory);
  if (!opened.ok) return opened;
  const types = opened.value;
  const tracepoints = new Map<string, string>();
  for (const hook of [...requiredHooks, ...optionalHooks]) {
    const module = types.findTracepoint(hook.tracepoint);
    if (module !== null) tracepoints.set(hook.tracepoint, module);
  }
  const typedReads = types.findFunction('bpf_rdonly_cast') !== null;
  types.close();
  return succeed({
    release: release(),
    typedReads,
    tracepoints,
    backends: {
      lsm: native.tryProgram(...trials.lsm),
      kprobe: native.tryProgram(...trials.kprobe),
      fexit: native.tryProgram(...trials.fexit),
      tracepoint: native.tryProgram(...trials.tracepoint),
    },
    lockdown: readLockdown(),
    securityModules: readLine('/sys/kernel/security/lsm'),
  });
}
