// SPDX-License-Identifier: Apache-2.0
// Runs inside of a machine (bench/backends.ts): measures file calls with each backend that works
// on its kernel over the same calls without, and with programs that do nothing, and prints a
// figure for each on a line. Nothing reads the ring while calls are measured: what is counted is
// the kernel's side alone.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { type BackendName, backendNames, type Probe, RecordBatch } from '@fimbul/probe';
import type { FileOperation } from '@fimbul/schema';
import { attachEmptyPrograms } from './measure/empty-programs.ts';
import type { Figure } from './report.ts';
import { compileDefaultPolicy, planBenchProbe, startBenchProbe } from './workspace.ts';

type Calls = { readonly operation: FileOperation | null; readonly count: number };

const kinds: Readonly<Record<string, Calls>> = {
  getppid: { operation: null, count: 50_000 },
  open_close: { operation: 'open', count: 3_000 },
  create_unlink: { operation: 'unlink', count: 2_000 },
  rename: { operation: 'rename', count: 2_000 },
  chmod: { operation: 'chmod', count: 3_000 },
};
const rounds = 2;
const policies = compileDefaultPolicy();
const directory = mkdtempSync('/tmp/bench-');
const batch = new RecordBatch(1024 * 1024, 4096);

function measure(program: string, kind: string, count: number): number {
  return Number(execFileSync(program, [kind, directory, String(count)], { encoding: 'utf8' }));
}

/** To the group that a service has: of a task in the root group more has to be read. */
function enterControlGroup(): void {
  const group = '/sys/fs/cgroup/bench';
  mkdirSync(group);
  writeFileSync(`${group}/cgroup.procs`, String(process.pid));
}

/** One call of a kind: the least of some rounds. */
type Cost = { readonly instructions: number; readonly records: number };

/** `countRecords` is asked after every run how many records there have been since the last one. */
function measureAll(program: string, countRecords: () => number): ReadonlyMap<string, Cost> {
  return new Map(
    Object.entries(kinds).map(([kind, { count }]) => {
      const results = Array.from({ length: rounds }, () => {
        const instructions = measure(program, kind, count);
        return { instructions, records: Math.round(countRecords() / count) };
      });
      const [least] = results.sort((a, b) => a.instructions - b.instructions);
      if (least === undefined) throw new Error(`nothing was measured of ${kind}`);
      return [kind, least];
    }),
  );
}

/** Empties the ring and counts its records. None may be lost: those that are cost less. */
function countWaiting(probe: Probe): number {
  let records = 0;
  do {
    probe.read(batch);
    records += batch.count;
  } while (batch.count > 0);
  for (const [kind, counters] of Object.entries(probe.readCounters().kinds)) {
    for (const [counter, value] of Object.entries(counters)) {
      if (!counter.startsWith('lost_') || value === 0) continue;
      throw new Error(`${value} events of ${kind} were lost (${counter}) while they were measured`);
    }
  }
  return records;
}

function benchBackend(backend: BackendName, program: string, emptyObject: string): void {
  const plan = planBenchProbe(backend);
  if ('what' in plan) return;
  const without = measureAll(program, () => 0);
  const empty = attachEmptyPrograms(emptyObject, plan);
  const withEmpty = measureAll(program, () => 0);
  empty.close();
  const probe = startBenchProbe(policies, { plan });
  const withProbe = measureAll(program, () => countWaiting(probe));
  probe.close();
  for (const [kind, { operation }] of Object.entries(kinds)) {
    const before = without.get(kind);
    const hooked = withEmpty.get(kind);
    const after = withProbe.get(kind);
    if (!before || !hooked || !after) throw new Error(`${kind} was not measured`);
    const served = plan.operations.find((entry) => entry.operation === operation);
    const figure: Figure = {
      bench: 'backends',
      metric: kind,
      value: after.instructions / before.instructions,
      unit: 'ratio of instructions',
      context: {
        kernel: release(),
        cpus: 1,
        backend,
        policy: 'default',
        instructions: Math.round(before.instructions),
        added: Math.round(after.instructions - before.instructions),
        added_by_empty_programs: Math.round(hooked.instructions - before.instructions),
        records: after.records,
        ...(served === undefined ? {} : { served_by: served.backend }),
      },
    };
    process.stdout.write(`${JSON.stringify(figure)}\n`);
  }
}

const [program, emptyObject] = process.argv.slice(2);
if (program === undefined || emptyObject === undefined) {
  throw new Error('usage: backends-in-guest.ts PATH_OF_FILE_CALLS PATH_OF_EMPTY_OBJECT');
}
enterControlGroup();
for (const backend of backendNames) benchBackend(backend, program, emptyObject);
