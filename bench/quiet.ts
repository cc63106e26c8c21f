// SPDX-License-Identifier: Apache-2.0
// What an agent costs a host on which little happens and nothing is to be told: memory of the
// process and of the kernel for it, and processor time of both. What others on the machine do costs
// it as well. An alert about the quiet host's own files ends the run with status 1.

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadNative } from '@fimbul/probe';
import type { BenchOptions } from './bench-options.ts';
import { AgentProcess } from './measure/agent-process.ts';
import { countAlerts } from './measure/alert-lines.ts';
import { sumLosses } from './measure/drain-text.ts';
import { readBpfUsage, readCpuSeconds, readPssBytes } from './measure/process-usage.ts';
import { report } from './report.ts';
import { run } from './workloads/workload.ts';
import { compileProgram, createWorkspace } from './workspace.ts';

const createsPerSecond = 41;
const defaultSeconds = 60;
/** The agent compiles what it runs often, and gives back what it needed to start. */
const warmUpSeconds = 5;

type Usage = {
  readonly pss: number;
  readonly maps: number;
  readonly agentSeconds: number;
  readonly kernelSeconds: number;
};

function readUsage(pid: number): Usage {
  const bpf = readBpfUsage(pid);
  return {
    pss: readPssBytes(pid),
    maps: bpf.mapBytes + bpf.programBytes,
    agentSeconds: readCpuSeconds(pid),
    kernelSeconds: bpf.runNs / 1e9,
  };
}

function toMebibytes(bytes: number): number {
  return Number((bytes / 1024 / 1024).toFixed(2));
}

function tell(before: Usage, after: Usage, seconds: number, counts: Record<string, number>): void {
  report({
    bench: 'quiet',
    metric: 'memory',
    value: toMebibytes(after.pss + after.maps),
    unit: 'MiB',
    context: { pss: toMebibytes(after.pss), kernel_maps_and_programs: toMebibytes(after.maps) },
  });
  const millicores = (used: number): number => Number(((1000 * used) / seconds).toFixed(2));
  const agent = millicores(after.agentSeconds - before.agentSeconds);
  const kernel = millicores(after.kernelSeconds - before.kernelSeconds);
  report({
    bench: 'quiet',
    metric: 'processor',
    value: agent + kernel,
    unit: 'millicores',
    context: { agent, kernel_programs: kernel, seconds: Number(seconds.toFixed(1)), ...counts },
  });
}

/** Prints memory and processor time. */
export async function benchQuiet({ seconds }: BenchOptions): Promise<void> {
  const workspace = createWorkspace();
  const directory = mkdtempSync('/var/tmp/fimbul-quiet-');
  const stats = loadNative().enableRunStats();
  if (!stats.ok) throw stats.error;
  try {
    const program = compileProgram(workspace, 'quiet_host');
    const alertsTo = join(workspace.directory, 'alerts.jsonl');
    const agent = await AgentProcess.start({ alertsTo });
    const work = (part: string, time: number): Promise<string> => {
      const files = mkdtempSync(join(directory, part));
      return run(program, [files, String(createsPerSecond), String(time)]);
    };
    await work('warm', warmUpSeconds);
    const before = readUsage(agent.pid);
    const start = performance.now();
    const created = Number(await work('measured', seconds ?? defaultSeconds));
    const after = readUsage(agent.pid);
    const elapsed = (performance.now() - start) / 1000;
    const lost = sumLosses(await agent.stop());
    const own = await countAlerts(alertsTo, directory);
    const all = await countAlerts(alertsTo);
    const sum = (counts: ReadonlyMap<string, number>): number =>
      [...counts.values()].reduce((total, count) => total + count, 0);
    const counts = { created, alerts: sum(own), alerts_about_others: sum(all) - sum(own), lost };
    tell(before, after, elapsed, counts);
    if (counts.alerts > 0) process.exitCode = 1;
  } finally {
    stats.value.close();
    workspace.remove();
    rmSync(directory, { recursive: true });
  }
}
