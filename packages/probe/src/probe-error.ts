// SPDX-License-Identifier: Apache-2.0
// What goes wrong at the kernel boundary, as one error type: what happened, with what, what to do.
// Expected refusals (open, load, attach, …) are returned as a Result; the rest is thrown.

import { getSystemErrorMap } from 'node:util';

export type ProbeErrorCode =
  | 'addon_missing'
  | 'object_invalid'
  | 'kernel_types_unreadable'
  | 'load_refused'
  | 'target_unknown'
  | 'attach_refused'
  | 'map_refused'
  | 'filter_too_large'
  | 'ring_refused'
  | 'record_too_large'
  | 'stats_refused'
  | 'lock_refused'
  | 'wait_refused'
  | 'recording_refused'
  | 'unknown_name'
  | 'wrong_argument'
  | 'wrong_state'
  | 'closed';

export type ProbeErrorFacts = {
  readonly code: ProbeErrorCode;
  /** What happened and with what. */
  readonly what: string;
  /** What the reader can do about it. */
  readonly advice: string;
  /** The kernel's answer, when there was one. */
  readonly errno?: number;
  /** The BPF program that was refused, when one was. */
  readonly program?: string;
  /** Everything that libbpf and the verifier said. */
  readonly log?: string;
};

export class ProbeError extends Error {
  readonly code: ProbeErrorCode;
  readonly what: string;
  readonly advice: string;
  readonly errno: number;
  readonly program: string | null;
  readonly log: string;

  constructor(facts: ProbeErrorFacts) {
    super(`${facts.what}; ${facts.advice}`);
    this.name = 'ProbeError';
    this.code = facts.code;
    this.what = facts.what;
    this.advice = facts.advice;
    this.errno = facts.errno ?? 0;
    this.program = facts.program ?? null;
    this.log = facts.log ?? '';
  }
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ProbeError };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(facts: ProbeErrorFacts): Result<never> {
  return { ok: false, error: new ProbeError(facts) };
}

/** KERNEL: internal to the kernel, but it reaches user space from BPF trampolines (arm64). */
const enotsupp = 524;

/** Gets the name of an errno: 1 is `EPERM`. */
export function errnoName(errno: number): string {
  if (errno === enotsupp) return 'ENOTSUPP';
  return getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
}
