// SPDX-License-Identifier: Apache-2.0
// One generated policy and one piece of generated work, watched by two probes at the same time: one
// with the filter of the policy and one that lets everything pass. Both must tell the same.

import { passEverything } from '@fimbul/probe';
import { type CompiledPolicies, compilePolicies } from '@fimbul/rules';
import type { Kernel } from '../kernel-probe.ts';
import type { Operations } from '../operations.ts';
import { listPids, perform } from '../run-case.ts';
import type { Step } from '../steps.ts';
import { JudgedProbe } from './judged-probe.ts';

export type Comparison = {
  /** What the two did not tell alike; null when there is nothing. */
  readonly difference: string | null;
  /** False when records were lost, or programs skipped, so that a difference says nothing. */
  readonly isSure: boolean;
  readonly matches: number;
  /** Records that the kernel did not have to send, for the filter. */
  readonly saved: number;
};

export type ComparedRun = {
  readonly kernel: Kernel;
  readonly operations: Operations;
  readonly directory: string;
  readonly policy: string;
  readonly work: readonly Step[];
};

function compile(policy: string): CompiledPolicies {
  const compiled = compilePolicies([{ path: 'soundness.policy', text: policy }]);
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  // A condition that contradicts itself is refused, and says nothing here.
  const others = errors.filter(({ code }) => code !== 'FR1204');
  if (others.length > 0) throw new Error(others.map(({ message }) => message).join('; '));
  return compiled;
}

function findDifference(whole: readonly string[], filtered: readonly string[]): string | null {
  const length = Math.max(whole.length, filtered.length);
  for (let index = 0; index < length; index += 1) {
    if (whole[index] === filtered[index]) continue;
    return (
      `match ${index}: without the filter ${JSON.stringify(whole[index] ?? 'none')}, ` +
      `with it ${JSON.stringify(filtered[index] ?? 'none')}`
    );
  }
  return null;
}

/** Lets both watch the same work. */
export function compareRuns(run: ComparedRun): Comparison {
  const { kernel, operations, directory, policy, work } = run;
  const compiled = compile(policy);
  const whole = new JudgedProbe(kernel, compiled, passEverything('all'));
  const filtered = new JudgedProbe(kernel, compiled, compiled.filter);
  try {
    const performance = perform(operations, work, directory);
    if (performance.problems.length > 0) throw new Error(performance.problems.join('\n'));
    const pids = listPids(performance);
    const expected = whole.take(pids);
    const told = filtered.take(pids);
    const [all, some] = [whole.count(), filtered.count()];
    return {
      difference: findDifference(expected, told),
      isSure: all.lost + some.lost + all.skipped + some.skipped === 0,
      matches: expected.length,
      saved: all.sent - some.sent,
    };
  } finally {
    filtered.close();
    whole.close();
  }
}
