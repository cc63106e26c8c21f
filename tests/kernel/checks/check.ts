// SPDX-License-Identifier: Apache-2.0
// What a table of steps cannot say: storms, small rings, filters. A check brings up a probe of its
// own kind and tells what is wrong.

import type { BackendName } from '@fimbul/probe';
import type { FeatureName } from '../kernel-features.ts';
import type { Kernel } from '../kernel-probe.ts';
import type { Operations } from '../operations.ts';
import type { Playground } from '../playground.ts';

export type CheckKit = {
  readonly kernel: Kernel;
  readonly series: string;
  readonly features: ReadonlySet<FeatureName>;
  readonly playground: Playground;
  readonly operations: Operations;
  /**
   * The machine is a virtual one that does nothing else: counters of the whole machine are exact,
   * and all work takes many times as long.
   */
  readonly isOwnMachine: boolean;
};

export type KernelCheck = {
  readonly name: string;
  readonly needs?: readonly FeatureName[];
  /** Without one of these the tracepoint backend cannot do it, and only that one skips it. */
  readonly tracepointNeeds?: readonly FeatureName[];
  /**
   * Backends that between them have every program that it is about; where none of them works, it
   * runs with another. Default: all.
   */
  readonly backends?: readonly BackendName[];
  /** Returns what is wrong, in words. */
  readonly run: (kit: CheckKit) => Promise<readonly string[]> | readonly string[];
};
