// SPDX-License-Identifier: Apache-2.0
// A run of everything on the running kernel, and what came of it. A case that throws has failed and
// the next one runs.

import { cases } from './cases/all.ts';
import { checks } from './checks/all.ts';
import type { CheckKit, KernelCheck } from './checks/check.ts';
import type { FilesystemName, KernelCase } from './kernel-case.ts';
import { type FeatureName, listKnownFeatures } from './kernel-features.ts';
import { KernelProbe, passEverything } from './kernel-probe.ts';
import { type Bench, runCase } from './run-case.ts';

const ringBytes = 16 * 1024 * 1024;

export type CaseResult = {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly problems: readonly string[];
  /** The feature that a skipped case wants. */
  readonly missing: FeatureName | null;
  readonly durationMs: number;
};

export class CaseRun {
  readonly results: CaseResult[] = [];
  readonly #kit: CheckKit;
  readonly #onResult: (result: CaseResult) => void;

  constructor(kit: CheckKit, onResult: (result: CaseResult) => void) {
    this.#kit = kit;
    this.#onResult = onResult;
  }

  /** Runs what has a name that matches. */
  async runAll(only: RegExp): Promise<void> {
    this.#checkFeatures();
    for (const failures of ['permission', 'all'] as const) {
      const chosen = cases.filter(
        (kernelCase) =>
          (kernelCase.failures ?? 'permission') === failures && only.test(kernelCase.name),
      );
      if (chosen.length > 0) this.#runTable(chosen, failures);
    }
    for (const check of checks.filter(({ name }) => only.test(name))) await this.#runCheck(check);
  }

  /** A skip for want of a feature that the kernel is known to have fails here. */
  #checkFeatures(): void {
    const { series, features } = this.#kit;
    const lacking = listKnownFeatures(series).filter((feature) => !features.has(feature));
    this.#add(
      'the kernel has the features that its series is known to have',
      lacking.map((feature) => `Linux ${series} has ${feature}, but it was not found`),
    );
  }

  #runTable(chosen: readonly KernelCase[], failures: 'permission' | 'all'): void {
    const { kernel, playground, operations, series } = this.#kit;
    const probe = new KernelProbe(kernel, passEverything(failures), ringBytes);
    this.#add(`every planned program attaches (failures: ${failures})`, probe.degradations);
    const bench: Bench = { probe, playground, operations, series };
    for (const kernelCase of chosen) {
      for (const filesystem of kernelCase.filesystems ?? ['ext4']) {
        this.#runOnFilesystem(bench, kernelCase, filesystem);
      }
    }
    probe.close();
  }

  #runOnFilesystem(bench: Bench, kernelCase: KernelCase, filesystem: FilesystemName): void {
    const name = `${kernelCase.name} [${filesystem}]`;
    if (this.#skips(name, kernelCase.needs)) return;
    const startedMs = performance.now();
    try {
      const directory = bench.playground.makeDirectory(filesystem);
      this.#add(name, runCase(bench, kernelCase, { directory, filesystem }), startedMs);
    } catch (error) {
      this.#add(name, [describeError(error)], startedMs);
    }
  }

  async #runCheck(check: KernelCheck): Promise<void> {
    if (this.#skips(check.name, check.needs)) return;
    const startedMs = performance.now();
    try {
      this.#add(check.name, await check.run(this.#kit), startedMs);
    } catch (error) {
      this.#add(check.name, [describeError(error)], startedMs);
    }
  }

  #skips(name: string, needs: readonly FeatureName[] = []): boolean {
    const missing = needs.find((feature) => !this.#kit.features.has(feature));
    if (missing === undefined) return false;
    this.#report({ name, outcome: 'skipped', problems: [], missing, durationMs: 0 });
    return true;
  }

  #add(name: string, problems: readonly string[], startedMs = performance.now()): void {
    const outcome = problems.length > 0 ? 'failed' : 'passed';
    const durationMs = performance.now() - startedMs;
    this.#report({ name, outcome, problems, missing: null, durationMs });
  }

  #report(result: CaseResult): void {
    this.results.push(result);
    this.#onResult(result);
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
