// SPDX-License-Identifier: Apache-2.0
// What the kernel side costs a program that works on files nobody watches: its system calls with
// the probe attached under the default policy, over the same without.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Probe, RecordBatch } from '@fimbul/probe';
import { RecordLoop } from '../packages/agent/src/source/record-loop.ts';
import { getMedian, report } from './report.ts';
import {
  compileDefaultPolicy,
  compileProgram,
  createWorkspace,
  startBenchProbe,
} from './workspace.ts';

const run = promisify(execFile);
const rounds = 9;
const kinds: Readonly<Record<string, number>> = {
  getppid: 400_000,
  open_close: 100_000,
  create_unlink: 15_000,
  chmod: 30_000,
  rename: 20_000,
};

function keepEmpty(probe: Probe): RecordLoop {
  const loop = new RecordLoop(probe, new RecordBatch(1024 * 1024, 4096), {
    canTake: () => true,
    take: () => undefined,
  });
  loop.start();
  return loop;
}

/** Prints one ratio for each kind of call. */
export async function benchOverhead(): Promise<void> {
  const workspace = createWorkspace();
  const policies = compileDefaultPolicy();
  try {
    const program = compileProgram(workspace, 'file_calls');
    const measure = async (kind: string, count: number): Promise<number> => {
      const args = ['-c', '0', program, kind, workspace.directory, String(count)];
      const { stdout } = await run('taskset', args);
      return Number(stdout);
    };
    for (const [kind, count] of Object.entries(kinds)) {
      const without: number[] = [];
      const withProbe: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        without.push(await measure(kind, count));
        const probe = startBenchProbe(policies);
        const loop = keepEmpty(probe);
        withProbe.push(await measure(kind, count));
        loop.stop();
        probe.close();
      }
      const base = Math.min(...without);
      report({
        bench: 'overhead',
        metric: kind,
        value: Math.min(...withProbe) / base,
        unit: 'ratio',
        context: {
          policy: 'default',
          rounds,
          without_ns: base,
          median_ratio: Number((getMedian(withProbe) / getMedian(without)).toFixed(3)),
        },
      });
    }
  } finally {
    workspace.remove();
  }
}
