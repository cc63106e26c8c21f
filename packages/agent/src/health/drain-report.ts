// SPDX-License-Identifier: Apache-2.0
// The counters at the end of a run, for stderr: one line for each operation, the balance of each,
// and what the rules made of them.

import { type Counters, getImbalance } from '@fimbul/probe';
import type { CompiledRule } from '@fimbul/rules';
import { recordKinds } from '@fimbul/schema';
import type { EngineCounters } from '../engine/engine.ts';

function formatNonZero(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** Formats the counters of a run whose ring has been drained. */
export function formatDrainReport(
  kernel: Counters,
  engine: EngineCounters,
  rules: readonly CompiledRule[],
): string {
  const lines = ['fimbul: counters'];
  for (const kind of recordKinds) {
    const counters = kernel.kinds[kind];
    if (counters.seen === 0) continue;
    const received = engine.received[kind];
    const missing = getImbalance(counters) + (counters.sent - received);
    const balance = missing === 0 ? 'balanced' : `OUT OF BALANCE by ${missing}`;
    lines.push(`  ${kind}: ${formatNonZero(counters)} received=${received} (${balance})`);
  }
  const troubles = formatNonZero(kernel.troubles);
  if (troubles !== '') lines.push(`  degraded: ${troubles}`);
  const skipped = formatNonZero(kernel.skippedRuns);
  if (skipped !== '') lines.push(`  skipped runs: ${skipped}`);
  for (const { id, index } of rules) {
    const matched = engine.matched[index] ?? 0;
    const suppressed = engine.suppressed[index] ?? 0;
    if (matched > 0) {
      lines.push(
        `  rule ${id}: matched=${matched}${suppressed ? ` suppressed=${suppressed}` : ''}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
