// SPDX-License-Identifier: Apache-2.0
// What an agent on one processor keeps up with, while the other makes events: 100,000 a second that
// pass the kernel's filter and are judged, 5,000 a second that a rule is about, and a burst that no
// reader is fast enough for. Nothing may be lost: the agent's own counters say so, and its alerts.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { BenchOptions } from './bench-options.ts';
import { AgentProcess } from './measure/agent-process.ts';
import { countAlerts } from './measure/alert-lines.ts';
import { type DrainCounters, sumLosses } from './measure/drain-text.ts';
import { readCpuSeconds } from './measure/process-usage.ts';
import { report } from './report.ts';
import { run } from './workloads/workload.ts';
import { compileProgram, createWorkspace, type Workspace } from './workspace.ts';

const agentCpu = 0;
const defaultSeconds = 60;
/** What waits in the ring when the last event was made is the agent's work too. */
const lagMs = 1000;
const judgedPerSecond = 100_000;
const relevantPerSecond = 5000;
/** Below this share of the rate that was aimed at, the figure is about another one. */
const reached = 0.98;
const burst = { deletes: 50_000, creates: 1000 };

type Bench = {
  readonly workspace: Workspace;
  readonly program: string;
  readonly seconds: number;
};

function writePolicy({ workspace }: Bench, rules: readonly object[]): string {
  const path = join(workspace.directory, 'load.policy');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ rules }));
  return path;
}

type Made = { readonly events: number; readonly seconds: number };

/** Makes events on a processor that is not the agent's. */
async function make({ program }: Bench, args: readonly string[]): Promise<Made> {
  const cpu = String((agentCpu + 1) % availableParallelism());
  const output = await run('taskset', ['-c', cpu, program, ...args]);
  const [events, ns] = output.trim().split(' ').map(Number);
  return { events: events ?? 0, seconds: (ns ?? 0) / 1e9 };
}

type Loaded = {
  readonly made: Made;
  readonly counters: DrainCounters;
  /** Of one processor, while events were made. */
  readonly cpuPercent: number;
  /** Others on the machine take from both processors. */
  readonly loadBefore: number;
};

async function load(bench: Bench, rules: readonly object[], perSecond: number): Promise<Loaded> {
  const agent = await AgentProcess.start({ policies: [writePolicy(bench, rules)], cpu: agentCpu });
  const [loadBefore = 0] = loadavg();
  const before = readCpuSeconds(agent.pid);
  const args = ['rate', bench.workspace.directory, String(perSecond), String(bench.seconds)];
  const made = await make(bench, args).catch(async (error) => {
    await agent.stop();
    throw error;
  });
  await setTimeout(lagMs);
  const used = readCpuSeconds(agent.pid) - before;
  return {
    made,
    counters: await agent.stop(),
    cpuPercent: (100 * used) / made.seconds,
    loadBefore,
  };
}

function tellLoad(metric: string, loaded: Loaded, aimed: number): void {
  const { made, counters, cpuPercent, loadBefore } = loaded;
  const sent = counters.get('open')?.sent ?? 0;
  report({
    bench: 'load',
    metric,
    value: sumLosses(counters),
    unit: 'events lost',
    context: {
      made: made.events,
      per_second: Math.round(made.events / made.seconds),
      aimed_per_second: aimed,
      sent,
      judged: counters.get('open')?.received ?? 0,
      seconds: Number(made.seconds.toFixed(1)),
      agent_cpu_percent: Number(cpuPercent.toFixed(1)),
      agent_processors: 1,
      host_load_before: Number(loadBefore.toFixed(1)),
    },
  });
  if (made.events < reached * aimed * made.seconds) {
    process.stderr.write(
      `bench: ${metric}: others keep this machine too busy to make ${aimed} events a second\n`,
    );
  }
  if (sent < made.events) throw new Error(`${made.events} events were made, ${sent} were sent`);
}

async function benchJudged(bench: Bench): Promise<void> {
  const { directory } = bench.workspace;
  // A regular expression is nothing that the kernel decides.
  const expression = `open.file.path =~ "${directory}/*" && open.file.name =~ r"^never[0-9]+$"`;
  const loaded = await load(bench, [{ id: 'judged', expression }], judgedPerSecond);
  tellLoad('judged', loaded, judgedPerSecond);
}

async function benchRelevant(bench: Bench): Promise<void> {
  const { directory } = bench.workspace;
  const expression = `open.file.path =~ "${directory}/*" && open.flags & (O_WRONLY|O_RDWR) > 0`;
  const rule = { id: 'relevant', expression, every: '1h' };
  const loaded = await load(bench, [rule], relevantPerSecond);
  tellLoad('relevant', loaded, relevantPerSecond);
  report({
    bench: 'load',
    metric: 'relevant_agent_cpu',
    value: loaded.cpuPercent,
    unit: '% of one processor',
    context: {
      matched: loaded.counters.get('rule relevant')?.matched ?? 0,
      made: loaded.made.events,
    },
  });
}

async function benchBurst(bench: Bench): Promise<void> {
  const directory = join(bench.workspace.directory, 'burst');
  mkdirSync(directory);
  const { deletes, creates } = burst;
  const rules = [
    { id: 'deleted', expression: `unlink.file.path =~ "${directory}/old*"` },
    {
      id: 'created',
      expression: `open.file.path =~ "${directory}/new*" && open.flags & O_CREAT > 0`,
    },
  ].map((rule) => ({ ...rule, every: 0 }));
  await make(bench, ['prepare', directory, String(deletes)]);
  const alertsTo = join(bench.workspace.directory, 'alerts.jsonl');
  const policies = [writePolicy(bench, rules)];
  const agent = await AgentProcess.start({ policies, cpu: agentCpu, alertsTo });
  const made = await make(bench, ['burst', directory, String(deletes), String(creates)]);
  const counters = await agent.stop();
  const alerts = await countAlerts(alertsTo);
  const deletesTold = alerts.get('deleted') ?? 0;
  const createsTold = alerts.get('created') ?? 0;
  report({
    bench: 'load',
    metric: 'burst_captured',
    value: (100 * (deletesTold + createsTold)) / (deletes + creates),
    unit: '%',
    context: {
      ...{ deletes, creates, deletes_told: deletesTold, creates_told: createsTold },
      per_second: Math.round(made.events / made.seconds),
      lost: sumLosses(counters),
    },
  });
  if (deletesTold + createsTold !== deletes + creates) process.exitCode = 1;
}

/** Prints what was lost and what the agent used. */
export async function benchLoad({ seconds }: BenchOptions): Promise<void> {
  const workspace = createWorkspace();
  try {
    const program = compileProgram(workspace, 'event_load');
    const bench = { workspace, program, seconds: seconds ?? defaultSeconds };
    await benchJudged(bench);
    await benchRelevant(bench);
    await benchBurst(bench);
  } finally {
    workspace.remove();
  }
}
