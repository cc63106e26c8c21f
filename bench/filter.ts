// SPDX-License-Identifier: Apache-2.0
// How much the filter drops in the kernel under the default policy, on a workload that
// every machine has: reading the headers below /usr/include and compiling a small program.

import { execFileSync } from 'node:child_process';
import { report } from './report.ts';
import {
  compileDefaultPolicy,
  compileProgram,
  createWorkspace,
  startBenchProbe,
} from './workspace.ts';

/** Prints the share of each operation's events that no rule could match and the kernel dropped. */
export function benchFilter(): void {
  const workspace = createWorkspace();
  const probe = startBenchProbe(compileDefaultPolicy());
  try {
    execFileSync('grep', ['-rls', 'fimbul', '/usr/include'], { stdio: 'ignore' });
  } catch {
    // Nothing was found: that is the point.
  }
  compileProgram(workspace, 'file_calls');
  probe.detach();
  const { kinds } = probe.readCounters();
  probe.close();
  workspace.remove();
  for (const operation of ['open', 'unlink', 'rename', 'chmod'] as const) {
    const { seen, sent, ignored_agent, ignored_failed } = kinds[operation];
    const dropped = kinds[operation].approver_dropped + kinds[operation].discarder_dropped;
    const judged = seen - ignored_agent - ignored_failed;
    if (judged === 0) continue;
    report({
      bench: 'filter',
      metric: `${operation}_dropped_in_kernel`,
      value: (100 * dropped) / judged,
      unit: '%',
      context: { policy: 'default', seen, sent },
    });
  }
}
