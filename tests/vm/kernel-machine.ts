// SPDX-License-Identifier: Apache-2.0
// The machines that run every kernel case, each started once for all of it. Between them they are
// what people have: security modules with programs and without, kernels that preempt and that do
// not. What each was started without must be missing there, which the cases check.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDirectory } from '../../tools/setup/paths.ts';
import { describeOutcome, type GuestSpec, runGuest } from '../../tools/vm/guest-run.ts';
import { obtainKernel } from '../../tools/vm/kernel-fetch.ts';
import { findSeries, type SeriesName } from '../../tools/vm/kernel-series.ts';
import { quoteForShell } from '../../tools/vm/shell-quote.ts';
import type { FeatureName } from '../kernel/kernel-features.ts';

/** Long enough for a machine on a host that has much else to do; all of them take two rounds. */
const timeoutMs = 55 * 60_000;
const diskBytes = 256 * 1024 * 1024;

export type KernelMachine = {
  readonly series: SeriesName;
  readonly append: string;
  readonly without: readonly FeatureName[];
};

/** The slowest first: two run side by side. */
export const kernelMachines: readonly KernelMachine[] = [
  { series: '7', append: '', without: [] },
  { series: '6.12', append: 'preempt=full', without: [] },
  { series: '6.1', append: '', without: ['lsm'] },
  { series: '5.10', append: '', without: [] },
];

export function describeMachine({ series, append, without }: KernelMachine): string {
  const details = [append, ...without.map((name) => `without ${name}`)].filter((text) => text);
  return [`Linux ${series}`, ...details].join(', ');
}

/** The budget of the programs, and the cases; what fails is in their output. */
function buildCommand({ append, without }: KernelMachine): readonly string[] {
  const cases = ['build/node', 'tests/kernel/run-cases.ts', '--own-machine'];
  const places = ['--work', '/tmp', '--ext4', '/mnt/ext4'];
  const withheld = without.flatMap((name) => ['--without', name]);
  // The budget is of machines that are started with nothing appended.
  const partial = append === '' ? [] : ['--partial'];
  const script = [
    ['build/node', 'tests/kernel/budget/run.ts', '--json', ...withheld, ...partial],
    [...cases, ...places, ...withheld],
  ].map((words) => words.map(quoteForShell).join(' '));
  return ['sh', '-c', script.join('\n')];
}

/**
 * Runs a machine; returns all that was said, and how it ended if not by itself. What is said can be
 * read in the folder of its results as it comes.
 */
export async function runMachine(machine: KernelMachine, signal: AbortSignal): Promise<string> {
  const series = findSeries(machine.series);
  if (!series) throw new Error(`there is no kernel ${machine.series}`);
  const said: string[] = [];
  const kernel = await obtainKernel(series, {
    refresh: false,
    report: (line) => void said.push(`${line}\n`),
  });
  const results = join(rootDirectory, 'build', 'vm', `kernel-cases-${series.name}`);
  mkdirSync(results, { recursive: true });
  const log = join(results, 'output.log');
  writeFileSync(log, '');
  const spec: GuestSpec = {
    kernel,
    command: buildCommand(machine),
    bpfLsm: !machine.without.includes('lsm'),
    append: machine.append,
    memory: '2G',
    diskBytes,
    timeoutMs,
    results,
  };
  const add = (chunk: Buffer): void => {
    said.push(chunk.toString('utf8'));
    appendFileSync(log, chunk);
  };
  const outcome = await runGuest(spec, { out: add, error: add }, signal);
  if (outcome.kind !== 'exited') said.push(`\n${describeOutcome(outcome)}`);
  return said.join('');
}
