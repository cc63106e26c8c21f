// SPDX-License-Identifier: Apache-2.0
// Filters replace one another while files are opened. Each lets everything pass, on a lane that is
// not the next one's: an event that two of them decided would have none left, or the wrong one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { passEverything } from '@fimbul/probe';
import {
  type FileOperation,
  filterPathRowsMax,
  type KernelFilter,
  type PathEdges,
  recordHeaderOffsets,
} from '@fimbul/schema';
import { KernelProbe } from '../kernel-probe.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 16 * 1024 * 1024;
const durationMs = 3_000;
const name = 'file';
const laneCount = 3;

function getLane(generation: number): bigint {
  return 1n << BigInt(generation % laneCount);
}

/** The filter of a generation; names and paths have entries of their own for the file. */
function makeFilter(generation: number): KernelFilter {
  const lane = getLane(generation);
  const names = { names: new Map([[name, lane]]), otherNames: lane, longNames: lane };
  const inner: PathEdges = { exact: new Map(), affixes: null, other: 0, long: 0 };
  const final: PathEdges = { ...inner, exact: new Map([[name, 1]]) };
  const { operations } = passEverything('all');
  return {
    operations: operations.map((filter) => ({
      ...filter,
      lanes: filter.operation === 'open' ? lane : 0n,
      source: names,
      sourceRow: generation % filterPathRowsMax,
      anySourcePath: 0n,
    })),
    paths: {
      states: [{ inner, final, alive: 0 }],
      classes: [0, 1].map(() => Array.from({ length: filterPathRowsMax }, () => lane)),
    },
    programs: null,
  };
}

const opening = `const fs = require('node:fs'); const end = Date.now() + ${durationMs};
  while (Date.now() < end) for (let i = 0; i < 100; i++) fs.closeSync(fs.openSync('${name}'));`;
const kind: FileOperation = 'open';

async function checkReplacement(kit: CheckKit): Promise<readonly string[]> {
  const directory = kit.playground.makeDirectory('ext4');
  writeFileSync(`${directory}/${name}`, '');
  let generation = 1;
  const probe = new KernelProbe(kit.kernel, makeFilter(generation), ringBytes);
  const wrong = new Set<string>();
  const seen = new Set<number>();
  const look = (): void =>
    probe.visit((record, recordKind) => {
      if (recordKind !== kind) return;
      const from = record.getU32(recordHeaderOffsets.generation);
      const lanes = record.getU64(recordHeaderOffsets.lanes);
      seen.add(from);
      const isLater = from > generation || from < generation - 1;
      if (isLater || lanes !== getLane(from)) wrong.add(`generation ${from}, lanes ${lanes}`);
    });
  try {
    const child = spawn(process.execPath, ['--eval', opening], { cwd: directory, stdio: 'ignore' });
    const ended = once(child, 'close');
    while (child.exitCode === null && child.signalCode === null) {
      generation += 1;
      probe.replaceFilter(makeFilter(generation));
      const waited = await kit.kernel.native.waitForPrograms();
      if (!waited.ok) throw waited.error;
      look();
      probe.forgetReplacedFilter();
    }
    await ended;
    look();
    const { open } = probe.readCounters().kinds;
    const dropped = open.approver_dropped + open.discarder_dropped;
    return [
      ...[...wrong].map((words) => `a record came with ${words}`),
      ...(dropped === 0 ? [] : [`${dropped} opens were dropped between two filters`]),
      ...(seen.size > 2 ? [] : [`records came of ${seen.size} filters alone`]),
      ...probe.findImbalances(),
    ];
  } finally {
    probe.close();
  }
}

export const filterReplacementChecks: readonly KernelCheck[] = [
  { name: 'filters replace one another from one event to the next', run: checkReplacement },
];
