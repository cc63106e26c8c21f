// SPDX-License-Identifier: Apache-2.0
// `npm run fuzz`: generated policies over generated work, with the filter in the kernel and
// without, on the running kernel and with each backend in turn, until the time is up. Exit status 1
// when an alert was dropped; what was found is printed with its seed.
//   --minutes N        default 10
//   --backend NAME     lsm, kprobe, fexit, tracepoint; default: all that work here in turn
//   --seed N --path P  does again what was found, with less work if it can; one backend is needed
//   --own-machine      the machine is a virtual one that does nothing else

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backendNames } from '@fimbul/probe';
import { rootDirectory } from '../../tools/setup/paths.ts';
import { findFeatures } from './kernel-features.ts';
import { type Kernel, planKernel, readKernel } from './kernel-probe.ts';
import { buildOperations } from './operations.ts';
import { runWithOwnMounts } from './own-mounts.ts';
import { Playground } from './playground.ts';
import { type TrialKit, tryPolicies } from './soundness/try-policies.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    backend: { type: 'string', default: 'all' },
    seed: { type: 'string' },
    path: { type: 'string' },
    'own-machine': { type: 'boolean', default: false },
  },
});

const policiesPerTrial = 10;
const workSize = 400;
const msPerMinute = 60_000;

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`--${name} ${text}: it is not a number`);
  return value;
}

function repeat(kits: readonly TrialKit[], seed: string): string | null {
  const [kit] = kits;
  if (kit === undefined || kits.length > 1) throw new Error('--seed needs one --backend');
  const { path } = options;
  return tryPolicies(kit, {
    ...{ numRuns: policiesPerTrial, workSize, shrinks: true, seed: readNumber('seed', seed) },
    ...(path === undefined ? {} : { path }),
  }).problem;
}

function fuzz(kits: readonly TrialKit[], minutes: number): string | null {
  const deadline = performance.now() + minutes * msPerMinute;
  const totals = { policies: 0, matches: 0, saved: 0, unsure: 0 };
  while (performance.now() < deadline) {
    for (const kit of kits) {
      const { problem, ...result } = tryPolicies(kit, {
        ...{ numRuns: policiesPerTrial, workSize, shrinks: false },
      });
      totals.policies += result.policies;
      totals.matches += result.matches;
      totals.saved += result.saved;
      totals.unsure += result.unsure;
      if (problem !== null) return `${kit.kernel.backend}: ${problem}`;
    }
    console.log(JSON.stringify(totals));
  }
  return totals.matches === 0 ? 'no rule matched anything: nothing was tested' : null;
}

async function main(): Promise<void> {
  const operations = await buildOperations();
  const asked = readKernel();
  const features = findFeatures(asked, operations.operate);
  const names = backendNames.filter((name) =>
    options.backend === 'all' ? features.has(name) : name === options.backend,
  );
  const kernels: readonly Kernel[] = names.map((name) => planKernel(asked, name));
  console.log(`kernel ${asked.features.release}: ${names.join(', ')}`);
  const work = join(rootDirectory, '.fimbul');
  mkdirSync(work, { recursive: true });
  const playground = new Playground(work, null);
  try {
    const kits = kernels.map((kernel) => ({ kernel, operations, playground }));
    const { seed, minutes } = options;
    const problem =
      seed === undefined ? fuzz(kits, readNumber('minutes', minutes)) : repeat(kits, seed);
    if (problem === null) return;
    console.log(problem);
    process.exitCode = 1;
  } finally {
    playground.close();
  }
}

await runWithOwnMounts(options['own-machine'], main);
