// SPDX-License-Identifier: Apache-2.0
// Which programs serve an operation with a backend, and where each is attached. Pure tables; a role
// that the kernel has no function for makes the backend unusable for the operation.

import type { FileOperation } from '@fimbul/schema';
import type { BackendName, KernelFeatures } from './features.ts';
import type { FunctionRole } from './functions.ts';

/** Operations that a plan has a backend for. A fork is no event to rules, but processes need it. */
export type PlannedOperation = FileOperation | 'exec' | 'exit' | 'fork';

export type Attachment = {
  /** The program. */
  readonly name: string;
  /** The function; null when the program's own section says where. */
  readonly target: string | null;
  readonly operation: PlannedOperation;
  /** The operation cannot be served without it. */
  readonly required: boolean;
  /** A run that the kernel skips costs the event, not only a detail of it. */
  readonly losesEvents: boolean;
};

/** How the end of a call is hooked. */
export type ReturnKind = 'fexit' | 'kprobe';

/**
 * How an operation that is checked is hooked. A begin must never be skipped where an end may be:
 * the check and the end of the next call would take what an earlier one has left for theirs.
 */
export type CallKinds = { readonly begin: ReturnKind; readonly end: ReturnKind };

type Stage = 'begin' | 'check' | 'end';

/**
 * Ends first, begins last: a call that was seen to begin has its end hooked, and one that was not
 * is let go.
 */
const stages: readonly Stage[] = ['end', 'check', 'begin'];

const checkedOperations = ['unlink', 'rename', 'chmod'] as const;

function nameProgram(kind: ReturnKind, stage: Stage, operation: string): string {
  if (kind === 'fexit') {
    return stage === 'end' ? `fexit_${operation}` : `fentry_${operation}_${stage}`;
  }
  return stage === 'end' ? `kretprobe_${operation}` : `kprobe_${operation}_${stage}`;
}

type Site = readonly [program: string, role: FunctionRole | null];

function listOpenSites(kind: ReturnKind): readonly Site[] {
  const ends: readonly Site[] = [
    [nameProgram(kind, 'end', 'open'), 'open'],
    [nameProgram(kind, 'end', 'open_by_root'), 'openByRoot'],
  ];
  // A return by trampoline still has the arguments.
  if (kind === 'fexit') return ends;
  return [
    ...ends,
    [nameProgram(kind, 'begin', 'open'), 'open'],
    [nameProgram(kind, 'begin', 'open_by_root'), 'openByRoot'],
  ];
}

function listCheckedSites(
  operation: (typeof checkedOperations)[number],
  backend: BackendName,
  kinds: CallKinds,
): readonly Site[] {
  return stages.map((stage): Site => {
    if (stage !== 'check') return [nameProgram(kinds[stage], stage, operation), operation];
    if (backend === 'lsm') return [`lsm_${operation}_check`, null];
    return [nameProgram(kinds.end, stage, operation), `${operation}Check`];
  });
}

/** Null when this kernel lacks a function. */
export function listObjectAttachments(
  operation: FileOperation,
  backend: 'lsm' | 'kprobe' | 'fexit',
  kinds: CallKinds,
  features: KernelFeatures,
): readonly Attachment[] | null {
  const sites =
    operation === 'open' ? listOpenSites(kinds.end) : listCheckedSites(operation, backend, kinds);
  const attachments: Attachment[] = [];
  for (const [name, role] of sites) {
    const target = role === null ? null : features.functions.get(role)?.name;
    if (target === undefined) return null;
    // Without its check a call has the caller's path, which rules may not match.
    attachments.push({ name, target, operation, required: true, losesEvents: true });
  }
  return attachments;
}

/** Chmods that do not find their file; there are kprobes for them alone. */
export function listChmodSyscallAttachments(features: KernelFeatures): readonly Attachment[] {
  return ['kretprobe_chmod_syscall', 'kprobe_chmod_syscall'].flatMap((name) =>
    features.chmodSyscalls.map((target) => ({
      name,
      target,
      operation: 'chmod' as const,
      required: false,
      losesEvents: true,
    })),
  );
}

export const processOperations = ['fork', 'exec', 'exit'] as const;

/** Null when this kernel lacks a function. */
export function listProcessAttachments(features: KernelFeatures): readonly Attachment[] | null {
  const attachments: Attachment[] = [];
  for (const operation of processOperations) {
    const target = features.functions.get(operation)?.name;
    if (target === undefined) return null;
    const name = `kprobe_${operation}`;
    attachments.push({ name, target, operation, required: true, losesEvents: true });
  }
  return attachments;
}
