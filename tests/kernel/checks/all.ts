// SPDX-License-Identifier: Apache-2.0
// All checks, in the order in which they run.

import type { KernelCheck } from './check.ts';
import { compiledFilterChecks } from './compiled-filter.ts';
import { controlGroupChecks } from './control-group.ts';
import { filterModelChecks } from './filter-model.ts';
import { stormChecks } from './storm.ts';

export const checks: readonly KernelCheck[] = [
  ...controlGroupChecks,
  ...compiledFilterChecks,
  ...filterModelChecks,
  ...stormChecks,
];
