// SPDX-License-Identifier: Apache-2.0
// All cases, in the order in which they run.

import type { KernelCase } from '../kernel-case.ts';
import { chmodCases } from './chmod.ts';
import { execCases } from './exec.ts';
import { handleCases } from './handles.ts';
import { ia32Cases } from './ia32.ts';
import { identityCases } from './identities.ts';
import { longPathCases } from './long-paths.ts';
import { mountCases } from './mounts.ts';
import { nameCases } from './names.ts';
import { nameEverywhereCases } from './names-everywhere.ts';
import { openCases } from './open.ts';
import { openRefusedCases } from './open-refused.ts';
import { processCases } from './processes.ts';
import { raceCases } from './races.ts';
import { renameCases } from './rename.ts';
import { ringCases } from './ring.ts';
import { unlinkCases } from './unlink.ts';

export const cases: readonly KernelCase[] = [
  ...openCases,
  ...openRefusedCases,
  ...handleCases,
  ...unlinkCases,
  ...renameCases,
  ...chmodCases,
  ...nameCases,
  ...nameEverywhereCases,
  ...longPathCases,
  ...mountCases,
  ...processCases,
  ...execCases,
  ...identityCases,
  ...ia32Cases,
  ...raceCases,
  ...ringCases,
];
