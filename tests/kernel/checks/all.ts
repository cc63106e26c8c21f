// SPDX-License-Identifier: Apache-2.0
// All checks, in the order in which they run.

import { briefLifeChecks } from './brief-lives.ts';
import type { KernelCheck } from './check.ts';
import { compiledFilterChecks } from './compiled-filter.ts';
import { contentionChecks } from './contention.ts';
import { controlGroupChecks } from './control-group.ts';
import { cpuHotplugChecks } from './cpu-hotplug.ts';
import { deepPathChecks } from './deep-paths.ts';
import { filterDirectoryChecks } from './filter-directories.ts';
import { filterModelChecks } from './filter-model.ts';
import { filterPlaceChecks } from './filter-places.ts';
import { filterProgramChecks } from './filter-programs.ts';
import { filterRaceChecks } from './filter-races.ts';
import { filterReplacementChecks } from './filter-replacement.ts';
import { filterValueChecks } from './filter-values.ts';
import { manyMountChecks } from './many-mounts.ts';
import { ringFullChecks } from './ring-full.ts';
import { soundnessChecks } from './soundness.ts';
import { stormChecks } from './storm.ts';

export const checks: readonly KernelCheck[] = [
  ...controlGroupChecks,
  ...compiledFilterChecks,
  ...filterDirectoryChecks,
  ...filterModelChecks,
  ...filterValueChecks,
  ...filterPlaceChecks,
  ...filterProgramChecks,
  ...filterRaceChecks,
  ...filterReplacementChecks,
  ...soundnessChecks,
  ...stormChecks,
  ...deepPathChecks,
  ...manyMountChecks,
  ...ringFullChecks,
  ...briefLifeChecks,
  ...contentionChecks,
  ...cpuHotplugChecks,
];
