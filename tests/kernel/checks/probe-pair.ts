// SPDX-License-Identifier: Apache-2.0
// Probes whose filters are tried one after the other, alone and beside one that sees everything:
// what the latter tells of every event is what the filter must have decided on.

import { ProbeError, passEverything } from '@fimbul/probe';
import type { KernelFilter } from '@fimbul/schema';
import { type Kernel, KernelProbe } from '../kernel-probe.ts';

const ringBytes = 4 * 1024 * 1024;

/** Loading takes the most time by far, so a probe is kept until a filter finds no room in it. */
export class FilteredProbe {
  readonly #kernel: Kernel;
  #probe: KernelProbe | null = null;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  use(filter: KernelFilter): KernelProbe {
    try {
      this.#probe?.replaceFilter(filter);
      this.#probe?.forgetReplacedFilter();
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      this.close();
    }
    this.#probe ??= new KernelProbe(this.#kernel, filter, ringBytes);
    return this.#probe;
  }

  close(): void {
    this.#probe?.close();
    this.#probe = null;
  }
}

/** A probe that sees everything, and one with filters. */
export class ProbePair {
  readonly whole: KernelProbe;
  readonly filtered: FilteredProbe;

  constructor(kernel: Kernel) {
    this.whole = new KernelProbe(kernel, passEverything('all'), ringBytes);
    this.filtered = new FilteredProbe(kernel);
  }

  close(): void {
    this.filtered.close();
    this.whole.close();
  }
}
