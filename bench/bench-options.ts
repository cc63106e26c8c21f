// SPDX-License-Identifier: Apache-2.0
// The command line of `npm run bench`: names of benchmarks, and what some of them can be told.

import { parseArgs } from 'node:util';

export type BenchOptions = {
  /** How long to measure, where a benchmark takes time and not rounds; null is as it claims. */
  readonly seconds: number | null;
  /** Workloads to run; none are all. */
  readonly workloads: readonly string[];
};

export type BenchCommand = { readonly names: readonly string[]; readonly options: BenchOptions };

/** Reads the command line; throws with what is wrong with it. */
export function readBenchCommand(argv: readonly string[], known: readonly string[]): BenchCommand {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { seconds: { type: 'string' }, workload: { type: 'string', multiple: true } },
  });
  const seconds = values.seconds === undefined ? null : Number(values.seconds);
  if (seconds !== null && !(seconds >= 1)) {
    throw new Error(`--seconds ${values.seconds} is no number of seconds, at least 1`);
  }
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  return { names: positionals, options: { seconds, workloads: values.workload ?? [] } };
}
