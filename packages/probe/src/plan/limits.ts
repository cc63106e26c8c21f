// SPDX-License-Identifier: Apache-2.0
// What a backend cannot see of an operation, or cannot be sure of, on a kernel: sentences for
// people, one for each limit.

import type { FileOperation } from '@fimbul/schema';
import type { PlannedOperation } from './attachments.ts';
import { type BackendName, isPreemptible, type KernelFeatures } from './features.ts';
import { objectSources, timestampHooks } from './hooks.ts';

function isFileOperation(operation: PlannedOperation): operation is FileOperation {
  return operation in objectSources;
}

function describeTracepointLimits(operation: FileOperation, features: KernelFeatures): string[] {
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

function describeObjectLimits(operation: FileOperation, features: KernelFeatures): string[] {
  const limits = ['nfsd and other writers inside the kernel are not seen.'];
  if (operation === 'open') {
    limits.push(
      'The result of an open is 0, not its descriptor. Refused opens carry the caller’s path; ' +
        'those that fail before the kernel looks at it (EMFILE, ENFILE, EFAULT, ENAMETOOLONG) ' +
        'are not seen.',
      'O_LARGEFILE is never told. Of io_uring requests O_CLOEXEC is not known, nor is O_NONBLOCK ' +
        'where the file is opened at once; both are told as not set.',
    );
    return limits;
  }
  limits.push(
    'A call that is refused on the way to its file, or by another security module before ours, ' +
      'carries the caller’s path, which before Linux 7.0 is read from its memory at the end.',
  );
  const kprobes = features.backends.kprobe.outcome === 'attached';
  if (operation === 'chmod' && !(kprobes && features.chmodSyscalls.length > 0)) {
    limits[1] = 'A chmod that is refused on the way to its file is not seen: that needs kprobes.';
  }
  return limits;
}

/** Describes the limits of an operation that is hooked by programs of these kinds. */
export function describeLimits(
  operation: PlannedOperation,
  backend: BackendName,
  returns: 'fexit' | 'kprobe' | 'tracepoint',
  features: KernelFeatures,
): readonly string[] {
  const limits: string[] = [];
  if (isFileOperation(operation)) {
    const describe = backend === 'tracepoint' ? describeTracepointLimits : describeObjectLimits;
    limits.push(...describe(operation, features));
    if (returns === 'kprobe') {
      limits.push('Of more than 4096 calls under way at once (opens that wait), some are missed.');
    }
    if (returns === 'kprobe' && isPreemptible(features)) {
      limits.push('While a task that is in bpf(2) is preempted, calls on its CPU are missed.');
    }
  }
  if (returns !== 'kprobe' && isPreemptible(features)) {
    const does =
      features.preemption === 'unknown'
        ? 'This kernel may preempt tasks inside it (it does not tell)'
        : `This kernel preempts tasks inside it (preemption model ${features.preemption})`;
    limits.push(`${does}: events on a CPU are missed while a program is preempted there.`);
  }
  if (limits.some((limit) => limit.includes(' missed'))) {
    limits.push('What is missed is counted and told as loss.');
  }
  return limits;
}
