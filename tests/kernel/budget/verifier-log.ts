// SPDX-License-Identifier: Apache-2.0
// Reads the statistics that the verifier writes about a program (log level 4), as kernels from 5.10
// to 7.2 word them. Lines that are not known are passed over: newer kernels add some.

export type VerifierStatistics = {
  /** Instructions that the verifier stepped through, on all paths together. */
  readonly verified: number;
  /** How many this kernel allows. */
  readonly verifiedMax: number;
  /** States that were kept in all, and at the same time. */
  readonly states: number;
  readonly peakStates: number;
  /** Bytes of stack of the program and of each of its subprograms. */
  readonly stackParts: readonly number[];
  /** How long the verification took; null when the kernel does not say. */
  readonly timeUs: number | null;
};

const processedLine = new RegExp(
  '^processed (\\d+) insns \\(limit (\\d+)\\) max_states_per_insn \\d+ ' +
    'total_states (\\d+) peak_states (\\d+)',
  'm',
);
// KERNEL 7.2: " max N" follows, which leaves out what is on private stacks.
const stackLine = /^stack depth (\d+(?:\+\d+)*)/m;
const timeLine = /^verification time (\d+) usec/m;

/** KERNEL: check_max_stack_depth() rounds what a function takes up to this; 7.2 only to 16. */
const stackUnit = 32;

/** Returns null when the log has no statistics. */
export function parseVerifierStatistics(log: string): VerifierStatistics | null {
  const processed = processedLine.exec(log);
  const stack = stackLine.exec(log);
  if (processed === null || stack === null) return null;
  const [verified = 0, verifiedMax = 0, states = 0, peakStates = 0] = processed
    .slice(1)
    .map(Number);
  const time = timeLine.exec(log)?.[1];
  return {
    verified,
    verifiedMax,
    states,
    peakStates,
    stackParts: (stack[1] ?? '').split('+').map(Number),
    timeUs: time === undefined ? null : Number(time),
  };
}

/**
 * Bounds the deepest chain of calls by the sum of all parts, each as the kernel counts it: which
 * part calls which is not in the log, and no chain has a part twice.
 */
export function boundStackDepth(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + Math.ceil(Math.max(part, 1) / stackUnit) * stackUnit, 0);
}
