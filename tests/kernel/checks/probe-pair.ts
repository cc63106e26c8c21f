// SPDX-License-Identifier: Apache-2.0
// Two probes that watch the same work, one of them through a filter: what the other one tells of
// every event is what the filter must have decided on.

import { ProbeError, passEverything } from '@fimbul/probe';
import type { KernelFilter } from '@fimbul/schema';
import { KernelProbe } from '../kernel-probe.ts';
import type { CheckKit } from './check.ts';

const ringBytes = 4 * 1024 * 1024;

/** A probe that sees everything, and one whose filters are tried one after the other. */
export class ProbePair {
  readonly whole: KernelProbe;
  readonly #kit: CheckKit;
  #filtered: KernelProbe | null = null;

  constructor(kit: CheckKit) {
    this.#kit = kit;
    this.whole = new KernelProbe(kit.kernel, passEverything('all'), ringBytes);
  }

  /** Loading takes the most time by far, so it is done only where a filter finds no room. */
  use(filter: KernelFilter): KernelProbe {
    try {
      this.#filtered?.replaceFilter(filter);
      this.#filtered?.forgetReplacedFilter();
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      this.#filtered?.close();
      this.#filtered = null;
    }
    this.#filtered ??= new KernelProbe(this.#kit.kernel, filter, ringBytes);
    return this.#filtered;
  }

  close(): void {
    this.#filtered?.close();
    this.whole.close();
  }
}
