// SPDX-License-Identifier: Apache-2.0
// A run of everything on the running kernel, and what came of it. Cases are done once, watched by
// all backends at the same time; checks bring up probes of their own, so they run with one backend
// after the other. What throws has failed, and the next one runs.

import { passEverything } from '@fimbul/probe';
import { fileOperations } from '@fimbul/schema';
import { cases } from './cases/all.ts';
import { checks } from './checks/all.ts';
import type { CheckKit, KernelCheck } from './checks/check.ts';
import type { FilesystemName, KernelCase } from './kernel-case.ts';
import { checkFeatures, type FeatureName } from './kernel-features.ts';
import { type Kernel, KernelProbe, listBackends } from './kernel-probe.ts';
import { type Bench, runCase } from './run-case.ts';

const ringBytes = 16 * 1024 * 1024;

/** A case that fails while the kernel skips runs of programs says nothing, and is done again. */
const attemptsMax = 25;

export type CaseResult = {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly problems: readonly string[];
  /** The feature that a skipped case wants. */
  readonly missing: FeatureName | null;
  readonly durationMs: number;
};

export type RunKit = Omit<CheckKit, 'kernel'> & {
  /** The kernel with each backend that is tried. */
  readonly kernels: readonly Kernel[];
  /** Features that the machine was started without. */
  readonly withheld: ReadonlySet<FeatureName>;
};

/** Where tasks are preempted in the kernel, it skips runs of some backends, and counts them. */
function countSkippedRuns(probes: readonly KernelProbe[]): number {
  const runs = probes.flatMap((probe) => Object.values(probe.readCounters().skippedRuns));
  return runs.reduce((sum, count) => sum + count, 0);
}

function usesTracepoints(backends: KernelProbe['backends']): boolean {
  return fileOperations.some((operation) => backends[operation] === 'tracepoint');
}

export class CaseRun {
  readonly results: CaseResult[] = [];
  readonly #kit: RunKit;
  readonly #onResult: (result: CaseResult) => void;

  constructor(kit: RunKit, onResult: (result: CaseResult) => void) {
    this.#kit = kit;
    this.#onResult = onResult;
  }

  /** Runs what has a name that matches. */
  async runAll(only: RegExp): Promise<void> {
    const { series, features, withheld } = this.#kit;
    const wrong = checkFeatures(series, features, withheld);
    this.#add('the kernel has the features that its series is known to have', wrong);
    for (const failures of ['permission', 'all'] as const) {
      const chosen = cases.filter(
        (kernelCase) =>
          (kernelCase.failures ?? 'permission') === failures && only.test(kernelCase.name),
      );
      if (chosen.length > 0) this.#runTable(chosen, failures);
    }
    for (const check of checks.filter(({ name }) => only.test(name))) {
      for (const kernel of this.#chooseKernels(check)) await this.#runCheck(check, kernel);
    }
  }

  #chooseKernels({ backends }: KernelCheck): readonly Kernel[] {
    const { kernels } = this.#kit;
    if (!backends) return kernels;
    const chosen = kernels.filter(({ backend }) => backends.some((name) => name === backend));
    return chosen.length > 0 ? chosen : kernels.slice(0, 1);
  }

  #runTable(chosen: readonly KernelCase[], failures: 'permission' | 'all'): void {
    const { kernels, playground, operations, series } = this.#kit;
    const probes = kernels.flatMap((kernel) => this.#startProbe(kernel, failures));
    const bench: Bench = { probes, playground, operations, series };
    try {
      for (const kernelCase of chosen) {
        for (const filesystem of kernelCase.filesystems ?? ['ext4']) {
          this.#runOnFilesystem(bench, kernelCase, filesystem);
        }
      }
    } finally {
      for (const probe of probes) probe.close();
    }
  }

  /** Starts the probe of a backend; none when that fails, which is a result. */
  #startProbe(kernel: Kernel, failures: 'permission' | 'all'): readonly KernelProbe[] {
    const name = `every planned program attaches (failures: ${failures}) [${kernel.backend}]`;
    const startedMs = performance.now();
    try {
      const probe = new KernelProbe(kernel, passEverything(failures), ringBytes);
      this.#add(name, probe.degradations, startedMs);
      return [probe];
    } catch (error) {
      this.#add(name, [describeError(error)], startedMs);
      return [];
    }
  }

  #runOnFilesystem(bench: Bench, kernelCase: KernelCase, filesystem: FilesystemName): void {
    const name = `${kernelCase.name} [${filesystem}]`;
    if (this.#skips(name, kernelCase.needs)) return;
    const probes = bench.probes.filter(
      ({ backend, backends }) =>
        !usesTracepoints(backends) ||
        !this.#skips(`${name} [${backend}]`, kernelCase.tracepointNeeds),
    );
    if (probes.length === 0) return;
    const startedMs = performance.now();
    try {
      let problems: readonly string[] = [];
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const skippedBefore = countSkippedRuns(probes);
        const directory = bench.playground.makeDirectory(filesystem);
        problems = runCase({ ...bench, probes }, kernelCase, { directory, filesystem });
        if (problems.length === 0 || countSkippedRuns(probes) === skippedBefore) break;
      }
      this.#add(name, problems, startedMs);
    } catch (error) {
      this.#add(name, [describeError(error)], startedMs);
    }
  }

  async #runCheck(check: KernelCheck, kernel: Kernel): Promise<void> {
    const name = `${check.name} [${kernel.backend}]`;
    if (this.#skips(name, check.needs)) return;
    const onTracepoints = usesTracepoints(listBackends(kernel.plan));
    if (onTracepoints && this.#skips(name, check.tracepointNeeds)) return;
    const startedMs = performance.now();
    try {
      this.#add(name, await check.run({ ...this.#kit, kernel }), startedMs);
    } catch (error) {
      this.#add(name, [describeError(error)], startedMs);
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
