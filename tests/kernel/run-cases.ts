// SPDX-License-Identifier: Apache-2.0
// Runs the kernel cases on the running kernel: `build/node tests/kernel/run-cases.ts`, as root.
// Prints a line for each case and a JSON summary at the end; exit status 1 if any failed.
//   --ext4 DIRECTORY   a mounted ext4 to use; default: an image that is made and mounted
//   --work DIRECTORY   where to make temporary files; default: .fimbul/ of the checkout
//   --only PATTERN     only cases whose name matches

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rootDirectory } from '../../tools/setup/paths.ts';
import { cases } from './cases/all.ts';
import type { FilesystemName, KernelCase } from './kernel-case.ts';
import {
  type FeatureName,
  findFeatures,
  listKnownFeatures,
  readSeries,
} from './kernel-features.ts';
import { KernelProbe, passEverything, readKernel } from './kernel-probe.ts';
import { buildOperations } from './operations.ts';
import { Playground } from './playground.ts';
import { type Bench, runCase } from './run-case.ts';

const ringBytes = 16 * 1024 * 1024;
/** Set in the process that has a mount namespace of its own. */
const insideVariable = 'FIMBUL_KERNEL_CASES_INSIDE';

export type CaseResult = {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly problems: readonly string[];
  /** The feature that a skipped case wants. */
  readonly missing: FeatureName | null;
  readonly durationMs: number;
};

const { values: options } = parseArgs({
  options: { ext4: { type: 'string' }, work: { type: 'string' }, only: { type: 'string' } },
});

function print(result: CaseResult): void {
  const time = `${result.durationMs.toFixed(0)} ms`.padStart(8);
  const missing = result.missing === null ? '' : ` (no ${result.missing})`;
  console.log(`${result.outcome.padEnd(7)} ${time}  ${result.name}${missing}`);
  for (const problem of result.problems) console.log(`          ${problem}`);
}

function runOne(
  bench: Bench,
  kernelCase: KernelCase,
  filesystem: FilesystemName,
  features: ReadonlySet<FeatureName>,
): CaseResult {
  const name = `${kernelCase.name} [${filesystem}]`;
  const startedMs = performance.now();
  const missing = kernelCase.needs?.find((feature) => !features.has(feature)) ?? null;
  if (missing !== null) {
    return { name, outcome: 'skipped', problems: [], missing, durationMs: 0 };
  }
  const directory = bench.playground.makeDirectory(filesystem);
  const problems = runCase(bench, kernelCase, { directory, filesystem });
  return {
    name,
    outcome: problems.length > 0 ? 'failed' : 'passed',
    problems,
    missing: null,
    durationMs: performance.now() - startedMs,
  };
}

async function main(): Promise<void> {
  const operations = await buildOperations();
  const kernel = readKernel();
  const series = readSeries(kernel.features.release);
  const features = findFeatures(kernel, operations.operate);
  const work = options.work ?? join(rootDirectory, '.fimbul');
  mkdirSync(work, { recursive: true });
  const playground = new Playground(work, options.ext4 ?? null);
  const results: CaseResult[] = [];
  const add = (result: CaseResult): void => {
    results.push(result);
    print(result);
  };
  console.log(`kernel ${kernel.features.release}: ${[...features].join(', ')}`);
  const lacking = listKnownFeatures(series).filter((feature) => !features.has(feature));
  add({
    name: 'the kernel has the features that its series is known to have',
    outcome: lacking.length > 0 ? 'failed' : 'passed',
    problems: lacking.map((feature) => `Linux ${series} has ${feature}, but it was not found`),
    missing: null,
    durationMs: 0,
  });
  const pattern = new RegExp(options.only ?? '');
  for (const failures of ['permission', 'all'] as const) {
    const probe = new KernelProbe(kernel, passEverything(failures), ringBytes);
    add({
      name: `every program that is planned attaches (failures: ${failures})`,
      outcome: probe.degradations.length > 0 ? 'failed' : 'passed',
      problems: probe.degradations,
      missing: null,
      durationMs: 0,
    });
    const bench: Bench = { probe, playground, operations, series };
    for (const kernelCase of cases) {
      if ((kernelCase.failures ?? 'permission') !== failures) continue;
      if (!pattern.test(kernelCase.name)) continue;
      for (const filesystem of kernelCase.filesystems ?? ['ext4']) {
        add(runOne(bench, kernelCase, filesystem, features));
      }
    }
    probe.close();
  }
  playground.close();
  console.log(JSON.stringify({ release: kernel.features.release, results }));
  process.exitCode = results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

if (process.env[insideVariable] === undefined) {
  const args = ['--mount', process.execPath, ...process.argv.slice(1)];
  const { status, signal } = spawnSync('unshare', args, {
    stdio: 'inherit',
    env: { ...process.env, [insideVariable]: '1' },
  });
  if (signal !== null) console.error(`the cases were ended by ${signal}`);
  process.exitCode = status ?? 1;
} else {
  await main();
}
