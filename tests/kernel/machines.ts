// SPDX-License-Identifier: Apache-2.0
// Every kernel case under Debian's kernels, each in a virtual machine that boots once for all of
// them. Two machines run side by side.

import { join } from 'node:path';
import { describe, test } from 'node:test';
import { rootDirectory } from '../../tools/setup/paths.ts';
import { describeOutcome, runGuest } from '../../tools/vm/guest-run.ts';
import { obtainKernel } from '../../tools/vm/kernel-fetch.ts';
import { type KernelSeries, kernelSeries } from '../../tools/vm/kernel-series.ts';
import { reportCases } from './case-summary.ts';
import { buildOperations } from './operations.ts';

const machinesAtOnce = 2;
const timeoutMs = 15 * 60_000;
const diskBytes = 256 * 1024 * 1024;

/**
 * nopku: V8 loses count of its code pages now and then where it protects them with keys.
 * no_timer_check: a loaded host makes the timer of an emulated machine look broken.
 */
const kernelParameters = 'nopku no_timer_check';

const runner = ['build/node', 'tests/kernel/run-cases.ts', '--own-machine'];
const places = ['--work', '/tmp', '--ext4', '/mnt/ext4'];

/** Runs the cases in a machine; returns all that was said. */
async function runInMachine(series: KernelSeries): Promise<string> {
  const kernel = await obtainKernel(series, { refresh: false, report: () => undefined });
  const chunks: Buffer[] = [];
  const add = (chunk: Buffer): void => void chunks.push(chunk);
  const outcome = await runGuest(
    {
      kernel,
      command: [...runner, ...places],
      bpfLsm: true,
      append: kernelParameters,
      memory: '2G',
      diskBytes,
      timeoutMs,
      results: join(rootDirectory, 'build', 'vm', `kernel-cases-${series.name}`),
    },
    { out: add, error: add },
    new AbortController().signal,
  );
  const output = Buffer.concat(chunks).toString('utf8');
  return outcome.kind === 'exited' ? output : `${output}\n${describeOutcome(outcome)}`;
}

describe('kernel cases', { concurrency: machinesAtOnce }, async () => {
  // A machine cannot write to the checkout.
  await buildOperations();
  for (const series of kernelSeries) {
    test(`under Linux ${series.name}`, async (context) => {
      await reportCases(context, await runInMachine(series));
    });
  }
});
