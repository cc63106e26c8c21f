// SPDX-License-Identifier: Apache-2.0
// Whether programs of a plan can be skipped on the running kernel: where tasks are preempted inside
// of the kernel, one that is preempted inside of a tracepoint or fentry program makes all others on
// its CPU skip that program. Kernels run programs of kprobes and LSM hooks whatever is preempted.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { version } from 'node:os';
import type { Counters, ProbePlan } from '@fimbul/probe';
import { fileOperations, type RecordKind } from '@fimbul/schema';

const dynamicMode = '/sys/kernel/debug/sched/preempt';

/** Reads the mode that the kernel is in; null where it does not tell, as in lockdown. */
export function readPreemption(): 'none' | 'voluntary' | 'full' | 'lazy' | 'rt' | null {
  const text = version();
  if (/\bPREEMPT_RT\b/.test(text)) return 'rt';
  if (/\bPREEMPT_DYNAMIC\b/.test(text)) return readDynamicMode();
  return /\bPREEMPT(_LAZY)?\b/.test(text) ? 'full' : 'voluntary';
}

function readDynamicMode(): 'none' | 'voluntary' | 'full' | 'lazy' | null {
  if (!existsSync(dynamicMode)) {
    spawnSync('mount', ['-t', 'debugfs', 'debugfs', '/sys/kernel/debug']);
  }
  let text: string;
  try {
    text = readFileSync(dynamicMode, 'utf8');
  } catch {
    return null;
  }
  // The one in force stands in parentheses.
  const mode = /\((\w+)\)/.exec(text)?.[1];
  switch (mode) {
    case 'none':
    case 'voluntary':
    case 'full':
    case 'lazy':
      return mode;
    default:
      throw new Error(`${dynamicMode} says ${JSON.stringify(text)}`);
  }
}

/** Programs of these backends are skipped. */
const skippable: readonly string[] = ['tracepoint', 'fexit'];

/**
 * Whether events of a kind may be missed because programs are skipped; null when the kernel does
 * not tell.
 */
export function maySkip(plan: ProbePlan, kind: RecordKind): boolean | null {
  const served = plan.operations.filter(({ operation }) => operation === kind);
  const mode = readPreemption();
  if (!served.some(({ backend }) => skippable.includes(backend))) return false;
  if (mode === 'none' || mode === 'voluntary') return false;
  return mode === null ? null : true;
}

/** Runs that were skipped, of programs without which an event of the kinds does not come. */
export function countSkippedRuns(
  plan: ProbePlan,
  { skippedRuns }: Counters,
  kinds: readonly RecordKind[],
): number {
  return plan.programs
    .filter(({ losesEvents }) => losesEvents)
    .filter(({ name, operation }) =>
      // The end of all system calls serves several operations.
      name.startsWith('sys_exit')
        ? kinds.some((kind) => fileOperations.some((served) => served === kind))
        : kinds.some((kind) => kind === operation),
    )
    .reduce((sum, { name }) => sum + (skippedRuns[name] ?? 0), 0);
}
