// SPDX-License-Identifier: Apache-2.0
// Set-up, from the point where Node 24 runs: Debian packages, npm packages, libbpf, the addon, the
// BPF objects. Each step first finds out whether there is anything to do, so that a second run
// takes a fraction of a second. `--tools-only` stops before anything is built.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { buildAddon, isAddonCurrent, planAddon } from './addon.ts';
import { buildBpfObjects, findStaleBpfObjects, planBpfObjects } from './bpf-objects.ts';
import { SetupError } from './command.ts';
import { findMissingPackages, installPackages } from './debian-packages.ts';
import {
  buildLibbpf,
  fetchLibbpfSource,
  isLibbpfCurrent,
  isLibbpfSourceMissing,
} from './libbpf.ts';
import { findMissingNpmPackages, installNpmPackages } from './npm-packages.ts';
import { buildDirectory, readyFile } from './paths.ts';
import { Progress } from './progress.ts';

/** Numbered after the first step, Node 24, which tools/setup.sh does. */
const progress = new Progress(6);

async function ensurePackages(): Promise<void> {
  const missing = await findMissingPackages(['build']);
  if (missing.length === 0) return;
  const what = `installing ${missing.join(', ')}`;
  await progress.run(2, 'Debian packages', what, () => installPackages(missing));
}

async function ensureNpmPackages(): Promise<void> {
  const missing = findMissingNpmPackages();
  if (missing.length === 0) return;
  const what = `installing ${missing.length} of the lockfile`;
  await progress.run(3, 'npm packages', what, installNpmPackages);
}

async function ensureLibbpfSource(): Promise<void> {
  if (isLibbpfCurrent() || !isLibbpfSourceMissing()) return;
  await progress.run(4, 'libbpf', 'fetching the source package', fetchLibbpfSource);
}

async function ensureLibbpf(): Promise<void> {
  if (isLibbpfCurrent()) return;
  await progress.run(4, 'libbpf', 'building', buildLibbpf);
}

async function ensureAddon(): Promise<void> {
  const plan = planAddon();
  if (isAddonCurrent(plan)) return;
  await progress.run(5, 'native addon', 'compiling', () => buildAddon(plan));
}

async function ensureBpfObjects(): Promise<void> {
  const stale = findStaleBpfObjects(planBpfObjects());
  if (stale.length === 0) return;
  const what = `compiling ${stale.length}`;
  await progress.run(6, 'BPF objects', what, () => buildBpfObjects(stale));
}

/** Runs steps side by side and lets all of them end, so that every failure is shown at once. */
async function together(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const results = await Promise.allSettled(steps.map((step) => step()));
  const reasons = results.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []));
  const bug = reasons.find((reason) => !(reason instanceof SetupError));
  if (bug !== undefined) throw bug;
  if (reasons.length > 0) {
    throw new SetupError(reasons.map((reason) => (reason as SetupError).message).join('\n\n'));
  }
}

async function main(args: readonly string[]): Promise<void> {
  mkdirSync(buildDirectory, { recursive: true });
  const toolsOnly = args.includes('--tools-only');
  const steps = [ensurePackages, ensureNpmPackages];
  if (toolsOnly) return together(steps);
  await together([...steps, ensureLibbpfSource]);
  await ensureLibbpf();
  await together([ensureAddon, ensureBpfObjects]);
  writeFileSync(readyFile, '');
}

try {
  await main(process.argv.slice(2));
  if (progress.hasRun) console.error(`set-up: done in ${progress.elapsed}`);
} catch (error) {
  rmSync(readyFile, { force: true });
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}\n\nset-up failed`);
  process.exitCode = 1;
}
