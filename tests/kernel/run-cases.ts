// SPDX-License-Identifier: Apache-2.0
// Runs the kernel cases on the running kernel: `build/node tests/kernel/run-cases.ts`, as root.
// Prints a line for each case and a JSON summary at the end; exit status 1 if any failed.
//   --backend NAME     lsm, kprobe, fexit, tracepoint, auto, or all that work here (the default)
//   --only PATTERN     only cases whose name matches
//   --ext4 DIRECTORY   a mounted ext4 to use; default: an image that is made and mounted
//   --work DIRECTORY   where to make temporary files; default: .fimbul/ of the checkout
//   --own-machine      the machine is a virtual one that does nothing else
//   --without FEATURE  the machine was started without it, so it must be missing

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backendNames } from '@fimbul/probe';
import { rootDirectory } from '../../tools/setup/paths.ts';
import { type CaseResult, CaseRun } from './case-run.ts';
import { formatSummary } from './case-summary.ts';
import { type FeatureName, featureNames, findFeatures, readSeries } from './kernel-features.ts';
import { type BackendRequest, planKernel, readKernel } from './kernel-probe.ts';
import { buildOperations } from './operations.ts';
import { runWithOwnMounts } from './own-mounts.ts';
import { Playground } from './playground.ts';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'all' },
    only: { type: 'string', default: '' },
    ext4: { type: 'string' },
    work: { type: 'string', default: join(rootDirectory, '.fimbul') },
    'own-machine': { type: 'boolean', default: false },
    without: { type: 'string', multiple: true, default: [] },
  },
});

/** The backends to try: those that were asked for, or all that work. */
function chooseBackends(features: ReadonlySet<FeatureName>): readonly BackendRequest[] {
  if (options.backend === 'all') return backendNames.filter((name) => features.has(name));
  const names: readonly BackendRequest[] = [...backendNames, 'auto'];
  const found = names.find((name) => name === options.backend);
  if (found === undefined) throw new Error(`there is no backend ${options.backend}`);
  return [found];
}

function readWithheld(): ReadonlySet<FeatureName> {
  const withheld = featureNames.filter((name) => options.without.includes(name));
  if (withheld.length === options.without.length) return new Set(withheld);
  throw new Error(`not all of these are features: ${options.without.join(', ')}`);
}

function print(result: CaseResult): void {
  const time = `${result.durationMs.toFixed(0)} ms`.padStart(8);
  const missing = result.missing === null ? '' : ` (no ${result.missing})`;
  console.log(`${result.outcome.padEnd(7)} ${time}  ${result.name}${missing}`);
  for (const problem of result.problems) console.log(`          ${problem}`);
}

async function main(): Promise<void> {
  const operations = await buildOperations();
  const asked = readKernel();
  const { release } = asked.features;
  const series = readSeries(release);
  const features = findFeatures(asked, operations.operate);
  console.log(`kernel ${release}: ${[...features].join(', ')}`);
  const kernels = chooseBackends(features).map((backend) => planKernel(asked, backend));
  mkdirSync(options.work, { recursive: true });
  const playground = new Playground(options.work, options.ext4 ?? null);
  const isOwnMachine = options['own-machine'];
  const withheld = readWithheld();
  const kit = { kernels, series, features, withheld, playground, operations, isOwnMachine };
  const run = new CaseRun(kit, print);
  try {
    await run.runAll(new RegExp(options.only));
  } finally {
    playground.close();
  }
  console.log(formatSummary({ release, results: run.results }));
  process.exitCode = run.results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

await runWithOwnMounts(options['own-machine'], main);
