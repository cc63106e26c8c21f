// SPDX-License-Identifier: Apache-2.0
// What the filter costs with 10 rules and with 5,000: nanoseconds of the programs for each file
// event that no rule is about, nanoseconds of the engine for what passed, memory of the kernel's
// tables, and the time until they are installed. All sizes take turns within one run.

import { mkdtempSync, rmSync } from 'node:fs';
import { loadNative, type Probe, RecordBatch } from '@fimbul/probe';
import { type CompiledPolicies, compilePolicies } from '@fimbul/rules';
import { fileOperations } from '@fimbul/schema';
import type { Engine } from '../packages/agent/src/engine/engine.ts';
import { RecordLoop } from '../packages/agent/src/source/record-loop.ts';
import { readBpfUsage } from './measure/process-usage.ts';
import { report } from './report.ts';
import { quietEvents } from './rule-events.ts';
import { makeBatch, makeEngine } from './rule-records.ts';
import { makeRuleSample } from './rule-samples.ts';
import { run } from './workloads/workload.ts';
import { compileProgram, createWorkspace, startBenchProbe } from './workspace.ts';

const sizes = [10, 50, 200, 1000, 5000] as const;
const rounds = 5;
const ringBytes = 32 * 1024 * 1024;
const calls: Readonly<Record<string, number>> = { open_close: 20_000, create_unlink: 4000 };
const engineRepeats = 2000;
const readBytes = 1024 * 1024;
const readRecordsMax = 4096;

type Size = {
  readonly rules: number;
  readonly policies: CompiledPolicies;
  readonly compileMs: number;
  readonly kernelNs: Map<string, number>;
  readonly droppedPercent: Map<string, number>;
  readonly engine: Engine;
  startMs: number;
  userNs: number;
  mapBytes: number;
  refusal: string | null;
};

function makeSize(rules: number): Size {
  const start = performance.now();
  const policies = compilePolicies([makeRuleSample(rules)]);
  const compileMs = performance.now() - start;
  const kernelNs = new Map(Object.keys(calls).map((kind) => [kind, Number.POSITIVE_INFINITY]));
  const least = Number.POSITIVE_INFINITY;
  return {
    ...{ rules, policies, compileMs, kernelNs, droppedPercent: new Map(), mapBytes: 0 },
    engine: makeEngine(policies, () => undefined),
    refusal: null,
    ...{ startMs: least, userNs: least },
  };
}

type Totals = { readonly seen: number; readonly dropped: number; readonly runNs: number };

function readTotals(probe: Probe): Totals {
  const { kinds } = probe.readCounters();
  const sum = (name: 'seen' | 'approver_dropped' | 'discarder_dropped'): number =>
    fileOperations.reduce((total, operation) => total + kinds[operation][name], 0);
  return {
    seen: sum('seen'),
    dropped: sum('approver_dropped') + sum('discarder_dropped'),
    runNs: readBpfUsage(process.pid).runNs,
  };
}

async function measureKernel(size: Size, program: string, directory: string): Promise<void> {
  const start = performance.now();
  const probe = startBenchProbe(size.policies, { ringBytes });
  size.startMs = Math.min(size.startMs, performance.now() - start);
  size.mapBytes = readBpfUsage(process.pid).mapBytes - ringBytes;
  const batch = new RecordBatch(readBytes, readRecordsMax);
  const loop = new RecordLoop(probe, batch, { canTake: () => true, take: () => undefined });
  loop.start();
  try {
    for (const [kind, count] of Object.entries(calls)) {
      const before = readTotals(probe);
      await run('taskset', ['-c', '0', program, kind, directory, String(count)]);
      const after = readTotals(probe);
      const events = after.seen - before.seen;
      const ns = (after.runNs - before.runNs) / events;
      size.kernelNs.set(kind, Math.min(size.kernelNs.get(kind) ?? ns, ns));
      size.droppedPercent.set(kind, (100 * (after.dropped - before.dropped)) / events);
    }
  } finally {
    loop.stop();
    probe.close();
  }
}

function measureUser(size: Size, batch: RecordBatch): void {
  // Others on the machine take turns: what counts is the time of this thread.
  const { user: before } = process.threadCpuUsage();
  for (let repeat = 0; repeat < engineRepeats; repeat += 1) size.engine.judge(batch);
  const { user: after } = process.threadCpuUsage();
  const ns = ((after - before) * 1000) / (engineRepeats * batch.count);
  size.userNs = Math.min(size.userNs, ns);
}

async function measureRound(
  measured: readonly Size[],
  program: string,
  directory: string,
  batch: RecordBatch,
): Promise<void> {
  for (const size of measured) {
    measureUser(size, batch);
    if (size.refusal !== null) continue;
    try {
      await measureKernel(size, program, directory);
    } catch (error) {
      size.refusal = error instanceof Error ? error.message : String(error);
    }
  }
}

function tell(size: Size, least: Size): void {
  const { rules, userNs, compileMs } = size;
  const tellOne = (metric: string, value: number, unit: string, context = {}): void =>
    report({ bench: 'rule-count', metric, value, unit, context: { rules, ...context } });
  tellOne('user_ns', userNs, 'ns for each event', { ratio: round(userNs / least.userNs) });
  if (size.refusal !== null) {
    process.stderr.write(`bench: ${rules} rules do not load: ${size.refusal}\n`);
    return;
  }
  for (const [kind, ns] of size.kernelNs) {
    const ratio = round(ns / (least.kernelNs.get(kind) ?? Number.NaN));
    const dropped = round(size.droppedPercent.get(kind) ?? 0);
    tellOne(`kernel_ns.${kind}`, ns, 'ns for each event', { ratio, dropped_percent: dropped });
  }
  tellOne('map_mib', size.mapBytes / 2 ** 20, 'MiB without the ring');
  const context = { ratio: round(size.startMs / least.startMs), compile_ms: Math.round(compileMs) };
  tellOne('start_ms', size.startMs, 'ms to load, install and attach', context);
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

/** Prints four figures for each number of rules. */
export async function benchRuleCount(): Promise<void> {
  const workspace = createWorkspace();
  const unwatched = mkdtempSync('/var/tmp/fimbul-bench-');
  const stats = loadNative().enableRunStats();
  if (!stats.ok) throw stats.error;
  try {
    const program = compileProgram(workspace, 'file_calls');
    // Before the engines, which know the processes of the batches made so far.
    const batch = makeBatch(quietEvents);
    const measured = sizes.map(makeSize);
    for (let count = 0; count < rounds; count += 1) {
      await measureRound(measured, program, unwatched, batch);
    }
    const [least] = measured;
    if (least) for (const size of measured) tell(size, least);
  } finally {
    stats.value.close();
    workspace.remove();
    rmSync(unwatched, { recursive: true });
  }
}
