// SPDX-License-Identifier: Apache-2.0
// What each backend costs on each kernel, in virtual machines whose clock counts instructions: the
// ratios are the same on every host, however busy. One processor, so that nothing else is counted.

import { join } from 'node:path';
import { rootDirectory } from '@fimbul/config';
import { findMissingPackages, installPackages } from '../tools/setup/debian-packages.ts';
import { describeOutcome, runGuest } from '../tools/vm/guest-run.ts';
import { obtainKernel } from '../tools/vm/kernel-fetch.ts';
import { type KernelSeries, kernelSeries } from '../tools/vm/kernel-series.ts';
import { LineSplitter } from '../tools/vm/line-splitter.ts';
import { compileEmptyObject } from './measure/empty-programs.ts';
import { type Figure, report } from './report.ts';
import { compileProgram, createWorkspace } from './workspace.ts';

/** rep_good, erms, fsrm: emulated, `rep movsb` counts one instruction for each byte. */
const kernelParameters = 'maxcpus=1 clearcpuid=112,297,580';
const timeoutMs = 10 * 60_000;
const diskBytes = 64 * 1024 * 1024;

/** Paths of the program that makes the calls, and of BPF programs that do nothing. */
type Programs = { readonly program: string; readonly emptyObject: string };

async function benchSeries(
  series: KernelSeries,
  { program, emptyObject }: Programs,
): Promise<void> {
  const kernel = await obtainKernel(series, { refresh: false, report: () => undefined });
  const errors: Buffer[] = [];
  const lines = new LineSplitter((line) => {
    const figure: Figure = JSON.parse(line);
    report(figure);
  });
  const outcome = await runGuest(
    {
      kernel,
      command: ['build/node', 'bench/backends-in-guest.ts', program, emptyObject],
      bpfLsm: true,
      append: kernelParameters,
      memory: '2G',
      instructionClock: true,
      diskBytes,
      timeoutMs,
      results: join(rootDirectory, 'build/vm', `bench-${series.name}`),
    },
    { out: (chunk) => lines.write(chunk), error: (chunk) => void errors.push(chunk) },
    new AbortController().signal,
  );
  lines.end();
  if (outcome.kind === 'exited' && outcome.status === 0) return;
  // A verifier's whole log may follow.
  const said = Buffer.concat(errors).toString('utf8').split('\n').slice(0, 12).join('\n');
  const how = outcome.kind === 'exited' ? `status ${outcome.status}` : describeOutcome(outcome);
  throw new Error(`the benchmark failed under Linux ${series.name}: ${how}\n${said}`);
}

/** Prints one ratio for each kernel, backend and kind of call. */
export async function benchBackends(): Promise<void> {
  const missing = await findMissingPackages(['test']);
  if (missing.length > 0) await installPackages(missing);
  const workspace = createWorkspace();
  try {
    const program = compileProgram(workspace, 'file_calls');
    const emptyObject = compileEmptyObject(workspace);
    for (const series of kernelSeries) await benchSeries(series, { program, emptyObject });
  } finally {
    workspace.remove();
  }
}
