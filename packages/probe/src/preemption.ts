// SPDX-License-Identifier: Apache-2.0
// How the running kernel preempts its own code. Where it does, tracepoint, fentry and LSM programs
// are skipped for one task while another is preempted inside of them; kprobes never are.

/**
 * `none` and `voluntary` kernels do not preempt their own code; `full`, `lazy` and `preemptible`
 * (which of those is not known) do. `unknown` must be taken for the worse.
 */
export type Preemption = 'none' | 'voluntary' | 'full' | 'lazy' | 'preemptible' | 'unknown';

/** KERNEL: the kernel's variable for it, where it can be chosen at boot (PREEMPT_DYNAMIC). */
export const preemptionVariable = 'preempt_dynamic_mode';

const dynamicModes: readonly Preemption[] = ['none', 'voluntary', 'full', 'lazy'];

/** Tells whether only that variable says how a kernel of this version (`uname -v`) preempts. */
export function isChosenAtBoot(kernelVersion: string): boolean {
  return /\bPREEMPT_DYNAMIC\b/.test(kernelVersion);
}

/** Reads what `uname -v` says and, where that is not enough, the variable; null is unreadable. */
export function describePreemption(kernelVersion: string, mode: number | null): Preemption {
  if (isChosenAtBoot(kernelVersion)) return dynamicModes[mode ?? -1] ?? 'unknown';
  return /\bPREEMPT(?:_RT|_LAZY)?\b/.test(kernelVersion) ? 'preemptible' : 'voluntary';
}
