// SPDX-License-Identifier: Apache-2.0
// CPUs that go and come back while events flow. What a CPU counted is still in the sums when it is
// gone, events of a CPU that came back are counted, and also by programs that were attached while
// it was away. A machine that others work on keeps its CPUs; there the same load only moves.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counters } from '@fimbul/probe';
import { passEverything } from '@fimbul/probe';
import { KernelProbe } from '../kernel-probe.ts';
import type { ObservedRecord } from '../observed-record.ts';
import { writeScript } from '../script.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 16 * 1024 * 1024;
const cpu = 1;
const switchPath = `/sys/devices/system/cpu/cpu${cpu}/online`;
const roundsOfSwitching = 4;
const pauseMs = 100;

/** Puts the CPU on or off, where the machine is ours. */
function setOnline(kit: CheckKit, isOnline: boolean): void {
  if (!kit.isOwnMachine) return;
  if (!existsSync(switchPath)) throw new Error(`${switchPath} is missing: no CPU can be put off`);
  writeFileSync(switchPath, isOnline ? '1' : '0');
  const state = readFileSync(switchPath, 'utf8').trim();
  if (state !== (isOnline ? '1' : '0')) throw new Error(`${switchPath} is ${state}`);
}

/** Starts a load that creates and unlinks so many files, on one CPU or on any. */
function startStorm(kit: CheckKit, count: number, cpus: string): ChildProcess {
  const { operate, nothing } = kit.operations;
  const directory = kit.playground.makeDirectory('tmpfs');
  const { text } = writeScript([{ do: 'storm', count }], { directory, nothing });
  const child = spawn('taskset', ['--cpu-list', cpus, operate], {
    cwd: directory,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin?.end(text);
  return child;
}

/** Files that a load created, of all records that came until its end. */
class Storm {
  readonly created: ObservedRecord[] = [];
  readonly #probe: KernelProbe;
  readonly #child: ChildProcess;

  constructor(kit: CheckKit, probe: KernelProbe, count: number, cpus: string) {
    this.#probe = probe;
    this.#child = startStorm(kit, count, cpus);
    probe.onReadable(() => this.#take());
  }

  async waitForEnd(): Promise<void> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    this.#probe.onReadable(null);
    this.#take();
    if (this.#child.exitCode !== 0) throw new Error(`a storm ended with ${this.#child.exitCode}`);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #take(): void {
    for (const record of this.#probe.take((pid) => pid === this.#child.pid)) {
      if (record.kind === 'open' && record.created) this.created.push(record);
    }
  }
}

/** What is wrong with the counters of one moment, given those of an earlier one. */
function compareCounters(what: string, before: Counters, after: Counters): readonly string[] {
  return Object.entries(before.kinds).flatMap(([kind, counters]) =>
    Object.entries(counters).flatMap(([name, value]) => {
      const now = Object.entries(after.kinds).find(([other]) => other === kind)?.[1];
      const later = Object.entries(now ?? {}).find(([other]) => other === name)?.[1] ?? 0;
      return later < value ? [`${what}: ${kind} ${name} fell from ${value} to ${later}`] : [];
    }),
  );
}

/** Runs that preemptible kernels skip; each may have cost an event. */
function countSkipped(probe: KernelProbe): number {
  const { skippedRuns } = probe.readCounters();
  return Object.values(skippedRuns).reduce((sum, count) => sum + count, 0);
}

/** What is wrong with how many came, in words. */
function compareCount(came: number, count: number, skipped: number): readonly string[] {
  if (came === count || (came < count && came + skipped >= count)) return [];
  return [`${came} of ${count} came, with ${skipped} runs skipped`];
}

/** A load on the CPU, whose events must all come, from that CPU. */
async function checkOnCpu(kit: CheckKit, probe: KernelProbe, when: string) {
  const count = kit.isOwnMachine ? 200 : 2000;
  const before = probe.readCounters().kinds.open.sent;
  const skippedBefore = countSkipped(probe);
  const storm = new Storm(kit, probe, count, `${cpu}`);
  await storm.waitForEnd();
  const elsewhere = storm.created.filter((record) => record.cpu !== cpu).length;
  const counted = probe.readCounters().kinds.open.sent - before;
  const skipped = countSkipped(probe) - skippedBefore;
  const problems = [...compareCount(storm.created.length, count, skipped)];
  if (elsewhere > 0) problems.push(`${elsewhere} are said to be of another CPU`);
  if (counted < storm.created.length) problems.push(`${counted} were counted as sent, more came`);
  return problems.map((problem) => `${when}: ${problem}`);
}

/** A load on all CPUs while one of them goes and comes. */
async function checkWhileSwitching(kit: CheckKit, probe: KernelProbe): Promise<readonly string[]> {
  const count = kit.isOwnMachine ? 1500 : 20_000;
  const storm = new Storm(kit, probe, count, `0,${cpu}`);
  const skippedBefore = countSkipped(probe);
  let rounds = 0;
  while (storm.isRunning && rounds < roundsOfSwitching) {
    setOnline(kit, false);
    await sleep(pauseMs);
    setOnline(kit, true);
    await sleep(pauseMs);
    rounds += 1;
  }
  await storm.waitForEnd();
  const skipped = countSkipped(probe) - skippedBefore;
  return [
    ...(rounds === 0 ? ['the load ended before a CPU went: nothing was tested'] : []),
    ...compareCount(storm.created.length, count, skipped).map((text) => `while switching: ${text}`),
  ];
}

async function checkHotplug(kit: CheckKit): Promise<readonly string[]> {
  const first = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
  const problems: string[] = [];
  try {
    problems.push(...(await checkOnCpu(kit, first, 'before')));
    const before = first.readCounters();
    setOnline(kit, false);
    problems.push(...compareCounters('with the CPU gone', before, first.readCounters()));
    const second = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
    try {
      setOnline(kit, true);
      problems.push(...(await checkOnCpu(kit, second, 'attached while it was gone')));
      problems.push(...second.findImbalances());
    } finally {
      second.close();
    }
    problems.push(...(await checkWhileSwitching(kit, first)));
    problems.push(...(await checkOnCpu(kit, first, 'after it came back')));
    problems.push(...compareCounters('at the end', before, first.readCounters()));
    return [...problems, ...first.findImbalances()];
  } finally {
    setOnline(kit, true);
    first.close();
  }
}

export const cpuHotplugChecks: readonly KernelCheck[] = [
  {
    name: 'CPUs that go and come back lose no event and no count',
    backends: ['kprobe', 'fexit'],
    run: checkHotplug,
  },
];
