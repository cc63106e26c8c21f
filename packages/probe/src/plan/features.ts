// SPDX-License-Identifier: Apache-2.0
// What the running kernel offers, found by asking it and never by its version. Where the kernel
// gives no clear answer the value is null: inconclusive, and not remembered as a no.

import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { KernelTypes } from '../kernel-types.ts';
import type { Native, ProgramTrial } from '../native.ts';
import type { ProgramKind } from '../native-addon.ts';
import type { Preemption } from '../preemption.ts';
import { type Result, succeed } from '../probe-error.ts';
import {
  chmodSyscallFunctions,
  type FunctionRole,
  functionNames,
  functionRoles,
  parameterCounts,
} from './functions.ts';
import { optionalHooks, requiredHooks } from './hooks.ts';

export type BackendName = 'lsm' | 'kprobe' | 'fexit' | 'tracepoint';

/** In the order in which people are told of them. */
export const backendNames: readonly BackendName[] = ['lsm', 'kprobe', 'fexit', 'tracepoint'];

export type KernelFunction = { readonly name: string; readonly parameterCount: number };

export type KernelFeatures = {
  readonly release: string;
  /** Members can be read through typed pointers: bpf_rdonly_cast, Linux 6.2. */
  readonly typedReads: boolean;
  /** Names of the tracepoints of our hooks that exist, with the module they are in. */
  readonly tracepoints: ReadonlyMap<string, string>;
  /** The functions that this kernel has for each role. */
  readonly functions: ReadonlyMap<FunctionRole, KernelFunction>;
  /** Those of the system calls that set rights on a name. */
  readonly chmodSyscalls: readonly string[];
  /** What became of a trivial program of each backend's kind. */
  readonly backends: Readonly<Record<BackendName, ProgramTrial>>;
  /** Whether tasks are preempted inside the kernel. */
  readonly preemption: Preemption;
  /** `none`, `integrity` or `confidentiality`; null when securityfs is not mounted. */
  readonly lockdown: string | null;
  /** Active security modules, comma-separated; null when securityfs is not mounted. */
  readonly securityModules: string | null;
};

/** Whether tasks are preempted inside the kernel, as far as is known. */
export function isPreemptible({ preemption }: KernelFeatures): boolean {
  return preemption !== 'none' && preemption !== 'voluntary';
}

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

function findTracepoints(types: KernelTypes): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { tracepoint } of [...requiredHooks, ...optionalHooks]) {
    const module = types.findTracepoint(tracepoint);
    if (module !== null) found.set(tracepoint, module);
  }
  return found;
}

function findFunctions(types: KernelTypes): ReadonlyMap<FunctionRole, KernelFunction> {
  const found = new Map<FunctionRole, KernelFunction>();
  for (const role of functionRoles) {
    for (const name of functionNames[role]) {
      const parameterCount = types.countParameters(name);
      if (parameterCount === null || found.has(role)) continue;
      if (parameterCounts[role].includes(parameterCount)) found.set(role, { name, parameterCount });
    }
  }
  return found;
}

/** Asks the kernel. Refused when its types cannot be read: no backend works without them. */
export function readKernelFeatures(native: Native, btfDirectory?: string): Result<KernelFeatures> {
  const opened = native.openKernelTypes(btfDirectory);
  if (!opened.ok) return opened;
  const types = opened.value;
  const tracepoints = findTracepoints(types);
  const functions = findFunctions(types);
  const chmodSyscalls = chmodSyscallFunctions.filter((name) => types.findFunction(name) !== null);
  const typedReads = types.findFunction('bpf_rdonly_cast') !== null;
  types.close();
  return succeed({
    release: release(),
    typedReads,
    tracepoints,
    functions,
    chmodSyscalls,
    backends: {
      lsm: native.tryProgram(...trials.lsm),
      kprobe: native.tryProgram(...trials.kprobe),
      fexit: native.tryProgram(...trials.fexit),
      tracepoint: native.tryProgram(...trials.tracepoint),
    },
    preemption: native.readPreemption(),
    lockdown: readLockdown(),
    securityModules: readLine('/sys/kernel/security/lsm'),
  });
}
