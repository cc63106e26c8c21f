// SPDX-License-Identifier: Apache-2.0
// What the agent costs programs that work where nobody watches, as a ratio to no agent: and beside
// it what programs that do nothing cost at the same hooks. The three take turns within one run, and
// processor time counts, not the time that others on the machine take meanwhile.

import { mkdtempSync, rmSync } from 'node:fs';
import { summarizeBackends } from '@fimbul/probe';
import type { BenchOptions } from './bench-options.ts';
import { AgentProcess } from './measure/agent-process.ts';
import { attachEmptyPrograms, compileEmptyObject } from './measure/empty-programs.ts';
import { getMedian, report } from './report.ts';
import { run } from './workloads/workload.ts';
import { compileProgram, createWorkspace, planBenchProbe } from './workspace.ts';

const rounds = 9;
const roundSeconds = 8;
/** Of each call in a round: the least of them met the least of what else goes on. */
const repeats = 3;
const cpus = { program: 0, agent: 1 };

const calls: Readonly<Record<string, number>> = {
  open_close: 20_000,
  create_write_unlink: 3000,
  stat: 50_000,
  getppid: 150_000,
};

type Variant = 'none' | 'empty' | 'agent';
type Times = Record<Variant, number[]>;

async function measureAll(
  measure: (kind: string, count: number) => Promise<number>,
  times: ReadonlyMap<string, Times>,
  variant: Variant,
): Promise<void> {
  for (const [kind, count] of Object.entries(calls)) {
    const taken = times.get(kind)?.[variant];
    for (let repeat = 0; repeat < repeats; repeat += 1) taken?.push(await measure(kind, count));
  }
}

function tell(kind: string, { none, empty, agent }: Times, backends: string): void {
  const base = Math.min(...none);
  const round = (value: number): number => Number(value.toFixed(3));
  report({
    bench: 'cost',
    metric: kind,
    value: Math.min(...agent) / base,
    unit: 'ratio to no agent',
    context: {
      empty_programs: round(Math.min(...empty) / base),
      median_ratio: round(getMedian(agent) / getMedian(none)),
      empty_median_ratio: round(getMedian(empty) / getMedian(none)),
      ...{ without_ns: base, samples: none.length, policy: 'default', backends },
    },
  });
}

/** Prints one ratio for each kind of call. */
export async function benchCost({ seconds }: BenchOptions): Promise<void> {
  const workspace = createWorkspace();
  const unwatched = mkdtempSync('/var/tmp/fimbul-bench-');
  const plan = planBenchProbe('auto');
  if ('what' in plan) throw new Error(plan.what);
  const times = new Map(
    Object.keys(calls).map((kind): [string, Times] => [kind, { none: [], empty: [], agent: [] }]),
  );
  const roundCount = seconds === null ? rounds : Math.max(2, Math.round(seconds / roundSeconds));
  try {
    const program = compileProgram(workspace, 'file_calls');
    const planned = new Set(plan.programs.map(({ name }) => name));
    const emptyObject = compileEmptyObject(workspace, (name) => planned.has(name));
    const measure = async (kind: string, count: number): Promise<number> => {
      const args = ['-c', String(cpus.program), program, kind, unwatched, String(count), 'cpu'];
      return Number(await run('taskset', args));
    };
    for (let round = 0; round < roundCount; round += 1) {
      await measureAll(measure, times, 'none');
      const empty = attachEmptyPrograms(emptyObject, plan);
      await measureAll(measure, times, 'empty').finally(() => empty.close());
      const agent = await AgentProcess.start({ cpu: cpus.agent });
      await measureAll(measure, times, 'agent').finally(() => agent.stop());
    }
    const backends = summarizeBackends(plan.operations);
    for (const [kind, taken] of times) tell(kind, taken, backends);
  } finally {
    workspace.remove();
    rmSync(unwatched, { recursive: true });
  }
}
