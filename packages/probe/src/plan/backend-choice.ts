// SPDX-License-Identifier: Apache-2.0
// Which backend serves an operation: those that this kernel can do, in an order that depends on
// whether it preempts tasks inside itself. Where it does, trampolines and tracepoints skip events.

import type { FileOperation } from '@fimbul/schema';
import type { ProgramTrial } from '../native.ts';
import {
  type Attachment,
  listChmodSyscallAttachments,
  listObjectAttachments,
  type ReturnKind,
} from './attachments.ts';
import { type BackendName, isPreemptible, type KernelFeatures } from './features.ts';
import { requiredHooks } from './hooks.ts';

export type BackendVerdict = {
  readonly backend: BackendName;
  /** `usable`, or `refused` by this kernel. */
  readonly verdict: 'usable' | 'refused';
  readonly detail: string;
};

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

function works(backend: BackendName, features: KernelFeatures): boolean {
  const trial = features.backends[backend];
  return trial.outcome === 'attached' && (backend !== 'lsm' || trial.ran !== false);
}

/** Ways to hook the end of a call, best first. */
function listReturnKinds(features: KernelFeatures): readonly ReturnKind[] {
  return isPreemptible(features) ? ['kprobe', 'fexit'] : ['fexit', 'kprobe'];
}

/** How begin and end of a call are hooked here; null when they cannot be. */
export function chooseReturnKind(features: KernelFeatures): ReturnKind | null {
  return listReturnKinds(features).find((kind) => works(kind, features)) ?? null;
}

export function judgeBackend(backend: BackendName, features: KernelFeatures): BackendVerdict {
  const detail = describeTrial(features.backends[backend]);
  if (!works(backend, features)) return { backend, verdict: 'refused', detail };
  if (backend === 'tracepoint') {
    const missing = requiredHooks.filter((hook) => !features.tracepoints.has(hook.tracepoint));
    if (missing.length === 0) return { backend, verdict: 'usable', detail };
    const names = missing.map((hook) => hook.tracepoint).join(', ');
    return { backend, verdict: 'refused', detail: `this kernel has no tracepoint ${names}` };
  }
  if (backend === 'lsm' && chooseReturnKind(features) === null) {
    const why = 'neither fexit nor kprobe works here, and one must tell how a call ends';
    return { backend, verdict: 'refused', detail: `${detail}, but ${why}` };
  }
  return { backend, verdict: 'usable', detail };
}

/** Backends for an operation, best first. An open shows all at its end, which lsm does not see. */
export function listPreferences(
  operation: FileOperation,
  features: KernelFeatures,
): readonly BackendName[] {
  const lsm: readonly BackendName[] = operation === 'open' ? [] : ['lsm'];
  return [...lsm, ...listReturnKinds(features), 'tracepoint'];
}

export type Service = {
  readonly backend: BackendName;
  readonly returns: ReturnKind | 'tracepoint';
  readonly attachments: readonly Attachment[];
};

/** What serves an operation with a usable backend; a text that says why it cannot. */
export function serve(
  operation: FileOperation,
  backend: BackendName,
  features: KernelFeatures,
): Service | string {
  if (backend === 'tracepoint') return { backend, returns: 'tracepoint', attachments: [] };
  if (operation === 'open' && backend === 'lsm') {
    return 'no security module is asked once an open has ended';
  }
  const returns = backend === 'lsm' ? chooseReturnKind(features) : backend;
  if (returns === null) return 'nothing tells how a call ends';
  const begin = isPreemptible(features) ? 'kprobe' : returns;
  if (operation !== 'open' && begin === 'kprobe' && !works('kprobe', features)) {
    return 'tasks are preempted here, and only a kprobe sees each call begin';
  }
  const kinds = { begin, end: returns };
  const attachments = listObjectAttachments(operation, backend, kinds, features);
  if (attachments === null) return 'this kernel lacks a function that it hooks';
  const more =
    operation === 'chmod' && works('kprobe', features) ? listChmodSyscallAttachments(features) : [];
  return { backend, returns, attachments: [...attachments, ...more] };
}
