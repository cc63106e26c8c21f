// SPDX-License-Identifier: Apache-2.0
// The plan: which backend serves which operation on this kernel, which programs are loaded, and
// what that costs. Pure: it can be printed and tested anywhere, and is then applied by load/.

import { type FileOperation, fileOperations } from '@fimbul/schema';
import type { ProgramTrial } from '../native.ts';
import type { BackendName, KernelFeatures } from './features.ts';
import {
  objectSources,
  optionalHooks,
  replacedByTimestamps,
  requiredHooks,
  timestampHooks,
} from './hooks.ts';

export type OperationPlan = {
  readonly operation: FileOperation;
  readonly backend: BackendName;
  /** Why this backend. */
  readonly reason: string;
  /** What this backend cannot see or cannot be sure of on this kernel, one sentence each. */
  readonly limits: readonly string[];
};

export type BackendVerdict = {
  readonly backend: BackendName;
  /** `usable`; `refused` by this kernel; `absent` from this version of Fimbul. */
  readonly verdict: 'usable' | 'refused' | 'absent';
  readonly detail: string;
};

export type ProbePlan = {
  readonly backends: readonly BackendVerdict[];
  readonly operations: readonly OperationPlan[];
  /** Programs in the order in which they attach: processes before files. */
  readonly programs: readonly { readonly name: string; readonly required: boolean }[];
  readonly typedReads: boolean;
};

export type PlanRefusal = { readonly what: string; readonly advice: string };

/** In the order of preference. */
const backendNames: readonly BackendName[] = ['lsm', 'kprobe', 'fexit', 'tracepoint'];

function describeTrial(trial: ProgramTrial): string {
  switch (trial.outcome) {
    case 'load_refused':
      return `this kernel refuses to load such a program (${trial.errnoName})`;
    case 'attach_refused':
      return `this kernel refuses to attach such a program (${trial.errnoName})`;
    case 'attached':
      return trial.ran === false
        ? 'a program attaches but is never run: the kernel has it switched off'
        : 'a program loads, attaches and runs';
  }
}

function judgeBackend(backend: BackendName, features: KernelFeatures): BackendVerdict {
  const trial = features.backends[backend];
  const detail = describeTrial(trial);
  const works = trial.outcome === 'attached' && (backend !== 'lsm' || trial.ran !== false);
  if (!works) return { backend, verdict: 'refused', detail };
  if (backend === 'tracepoint') {
    const missing = requiredHooks.filter((hook) => !features.tracepoints.has(hook.tracepoint));
    if (missing.length === 0) return { backend, verdict: 'usable', detail };
    const names = missing.map((hook) => hook.tracepoint).join(', ');
    return { backend, verdict: 'refused', detail: `this kernel has no tracepoint ${names}` };
  }
  return { backend, verdict: 'absent', detail: `${detail}, but this version does not have it yet` };
}

function describeLimits(operation: FileOperation, features: KernelFeatures): string[] {
  const limits = ['io_uring requests, kernel-side writers and nfsd are not seen.'];
  if (operation === 'open') {
    limits.push(
      'Refused opens, and opens whose descriptor another thread closed before the call returned, ' +
        'carry the caller’s path. The creation flags of openat2 are read after the call.',
    );
    return limits;
  }
  const has = (name: string): boolean => features.tracepoints.has(name);
  const sources = objectSources[operation].filter(has);
  if (timestampHooks.some(has)) {
    limits.push(
      'The kernel’s own path is known on filesystems with multigrain timestamps (ext4, xfs, ' +
        'btrfs, tmpfs) when they are mounted once in the mount namespace; else the caller’s.',
    );
  } else if (sources.length > 0) {
    limits.push(
      `The kernel’s own path is known only where ${sources.join(', ')} shows it and the ` +
        'filesystem is mounted once in the mount namespace; else the caller’s.',
    );
  } else {
    limits.push('Only the caller’s path is known: this kernel shows no objects for the call.');
  }
  if (operation === 'rename') limits.push('An exchange of two files carries the caller’s paths.');
  if (operation === 'chmod') limits.push('The mode before is known on ext4 alone.');
  return limits;
}

/** Each hook has two programs: one reads through typed pointers, the other by probe reads. */
function getProgramName(features: KernelFeatures): (tracepoint: string) => string {
  return (tracepoint) => (features.typedReads ? tracepoint : `${tracepoint}_probed`);
}

function choosePrograms(features: KernelFeatures): ProbePlan['programs'] {
  const has = (name: string): boolean => features.tracepoints.has(name);
  const superfluous = timestampHooks.some(has) ? replacedByTimestamps : [];
  const optional = optionalHooks
    .map((hook) => hook.tracepoint)
    .filter((name) => has(name) && !superfluous.includes(name))
    .map(getProgramName(features));
  const required = requiredHooks.map((hook) => hook.tracepoint).map(getProgramName(features));
  return [
    // Processes first, then calls, then their objects: objects without the end of their call would
    // be left behind.
    ...required.map((name) => ({ name, required: true })),
    ...optional.map((name) => ({ name, required: false })),
  ];
}

/** Plans for a kernel; `forced` is the backend the user asked for, or `auto`. */
export function planProbe(
  features: KernelFeatures,
  forced: BackendName | 'auto',
): ProbePlan | PlanRefusal {
  const backends = backendNames.map((name) => judgeBackend(name, features));
  const candidates = backends.filter((backend) => forced === 'auto' || backend.backend === forced);
  const chosen = candidates.find((backend) => backend.verdict === 'usable');
  if (!chosen) {
    const reasons = candidates.map(({ backend, detail }) => `${backend}: ${detail}`).join('; ');
    return {
      what: `no hook backend works on this kernel (${features.release}): ${reasons}`,
      advice:
        forced === 'auto'
          ? 'run "fimbul doctor"; a kernel of 5.10 or newer with CONFIG_DEBUG_INFO_BTF is needed'
          : 'run "fimbul doctor", or leave out --backend to let the agent choose',
    };
  }
  const better = backends.slice(0, backends.indexOf(chosen));
  const reason =
    forced === 'auto'
      ? better.map(({ backend, detail }) => `${backend}: ${detail}`).join('; ')
      : 'forced by --backend';
  return {
    backends,
    operations: fileOperations.map((operation) => ({
      operation,
      backend: chosen.backend,
      reason,
      limits: describeLimits(operation, features),
    })),
    programs: choosePrograms(features),
    typedReads: features.typedReads,
  };
}
