// SPDX-License-Identifier: Apache-2.0
// Many events at once. With the ring that the agent has by default and reader and writer on one
// CPU, none is lost; with a ring that is much too small, the losses are counted to the last, and
// records about processes still come.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { passEverything } from '@fimbul/probe';
import {
  type FileOperation,
  fileOperations,
  type KernelFilter,
  type ValueTable,
} from '@fimbul/schema';
import { KernelProbe } from '../kernel-probe.ts';
import type { ObservedRecord } from '../observed-record.ts';
import { perform } from '../run-case.ts';
import { writeScript } from '../script.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 16 * 1024 * 1024;
const smallRingBytes = 256 * 1024;
const smallStormCount = 1500;
const cpu = '0';

function pin(cpus: string): void {
  spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cpus, `${process.pid}`]);
}

/** Starts the trigger on the CPU where everything else is too. */
function startStorm(kit: CheckKit, count: number, directory: string): ChildProcess {
  const { operate, nothing } = kit.operations;
  const { text } = writeScript([{ do: 'storm', count }], { directory, nothing });
  const child = spawn('taskset', ['--cpu-list', cpu, operate], {
    cwd: directory,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin?.end(text);
  return child;
}

function listPaths(records: readonly ObservedRecord[], kind: FileOperation): readonly string[] {
  return records.flatMap((record) =>
    record.kind === kind && 'file' in record ? [record.file.path] : [],
  );
}

function comparePaths(what: string, expected: readonly string[], actual: readonly string[]) {
  if (expected.length === actual.length && expected.every((path, i) => path === actual[i])) {
    return [];
  }
  const at = expected.findIndex((path, i) => path !== actual[i]);
  return [
    `${what}: ${actual.length} of ${expected.length}; the first that differs is ${at}: ` +
      `expected ${expected[at]}, got ${actual[at]}`,
  ];
}

async function checkStorm(kit: CheckKit): Promise<readonly string[]> {
  const count = kit.isOwnMachine ? 2000 : 20_000;
  const directory = kit.playground.makeDirectory('ext4');
  const probe = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
  pin(cpu);
  try {
    const child = startStorm(kit, count, directory);
    const records: ObservedRecord[] = [];
    const take = (): void => {
      for (const record of probe.take((pid) => pid === child.pid)) records.push(record);
    };
    probe.onReadable(take);
    const [status] = await once(child, 'exit');
    probe.onReadable(null);
    take();
    const expected = Array.from({ length: count }, (_, i) => `${directory}/storm-${i}`);
    // The loader of taskset opens libraries before the trigger begins.
    const opened = records.filter((r) => r.kind === 'open' && r.created);
    return [
      ...(status === 0 ? [] : [`the trigger ended with ${status}`]),
      ...comparePaths('files created', expected, listPaths(opened, 'open')),
      ...comparePaths('files unlinked', expected, listPaths(records, 'unlink')),
      ...probe.findImbalances(),
    ];
  } finally {
    pin('0-1023');
    probe.close();
  }
}

/** O_CREAT and O_EXCL, both of them. */
const creations: ValueTable = {
  classes: { kind: 'bits', value: 'flags', bits: [6, 7] },
  masks: [0n, 0n, 0n, 1n],
};

/** A filter that only the files of a storm pass, so that nothing of others is among the counts. */
function passStorm(count: number): KernelFilter {
  const names = new Map(Array.from({ length: count }, (_, i) => [`storm-${i}`, 1n]));
  const nothing = { names: new Map<string, bigint>(), otherNames: 0n, longNames: 0n };
  const { operations, paths } = passEverything('permission');
  const filtered = operations.map(({ operation, ...rest }) => ({
    ...rest,
    operation,
    lanes: operation === 'open' || operation === 'unlink' ? 1n : 0n,
    source: { ...nothing, names },
    destination: operation === 'rename' ? nothing : null,
    values: operation === 'open' ? [creations] : [],
  }));
  return { operations: filtered, paths, programs: null };
}

function checkLoss(kit: CheckKit): readonly string[] {
  const directory = kit.playground.makeDirectory('ext4');
  const probe = new KernelProbe(kit.kernel, passStorm(smallStormCount), smallRingBytes);
  try {
    probe.take(() => false);
    const storm = perform(kit.operations, [{ do: 'storm', count: smallStormCount }], directory);
    const records = probe.take((pid) => pid === storm.pid);
    const problems = [...storm.problems, ...probe.findImbalances()];
    const { kinds } = probe.readCounters();
    const isShown = kit.features.has('ext4_tracepoints') || probe.backends.unlink !== 'tracepoint';
    const shown = isShown ? ['open', 'unlink'] : ['open'];
    for (const kind of fileOperations.filter((name) => shown.includes(name))) {
      const received = records.filter((record) => record.kind === kind).length;
      const lost = kinds[kind].lost_ring_full;
      if (lost === 0) problems.push(`${kind}: the ring was to overflow, but did not`);
      if (received + lost !== smallStormCount) {
        problems.push(`${kind}: ${received} received + ${lost} lost, ${smallStormCount} done`);
      }
    }
    const process = records.filter(({ kind }) => kind !== 'open' && kind !== 'unlink');
    const kindsOfProcess = process.map(({ kind }) => kind).filter((kind) => kind !== 'cgroup');
    if (kindsOfProcess.join() !== 'fork,exec,exit') {
      problems.push(`of the process came ${kindsOfProcess.join()}, expected fork,exec,exit`);
    }
    return problems;
  } finally {
    probe.close();
  }
}

export const stormChecks: readonly KernelCheck[] = [
  {
    name: 'a storm on one CPU, with its reader on it too, loses nothing',
    backends: ['kprobe', 'fexit'],
    run: checkStorm,
  },
  {
    name: 'a ring that is too small loses what it counts, and no process',
    backends: ['kprobe'],
    run: checkLoss,
  },
];
