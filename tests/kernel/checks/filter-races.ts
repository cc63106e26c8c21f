// SPDX-License-Identifier: Apache-2.0
// A directory is moved and renamed at once, back and forth, while files are opened in it. The
// filter rules out the two paths that never exist, half the old one and half the new one: no open
// may be dropped.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { passEverything } from '@fimbul/probe';
import { filterPathRowsMax, type KernelFilter, type PathEdges } from '@fimbul/schema';
import { KernelProbe } from '../kernel-probe.ts';
import { placeBelow } from './arbitrary-filter.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 4 * 1024 * 1024;
const durationMs = 2_000;

/** `one/first` and `two/second` are; `one/second` and `two/first` are not. */
function makeFilter(directory: readonly string[]): KernelFilter {
  const none = 0;
  const all = 1;
  const way = (targets: Readonly<Record<string, number>>, other: number): PathEdges => ({
    exact: new Map(Object.entries(targets)),
    affixes: null,
    other,
    long: other,
  });
  const end = way({}, all);
  const [one, two, dead, open] = [1, 2, 3, 4];
  const state = (inner: PathEdges, alive = all) => ({ inner, final: end, alive });
  const { operations } = passEverything('permission');
  const states = [
    state(way({ one, two }, open)),
    state(way({ second: dead }, open)),
    state(way({ first: dead }, open)),
    state(way({}, dead), none),
    state(way({}, open)),
  ];
  const classes = [0n, 1n].map((lanes) => Array.from({ length: filterPathRowsMax }, () => lanes));
  return {
    operations: operations.map((filter) => ({
      ...filter,
      lanes: filter.operation === 'open' ? 1n : 0n,
      anySourcePath: 0n,
    })),
    paths: placeBelow(directory, { states, classes }),
    programs: null,
  };
}

/** Both end when the time is over. */
const untilDeadline = (work: string): string =>
  `const fs = require('node:fs'); const end = Date.now() + ${durationMs};
  let count = 0; while (Date.now() < end) for (let i = 0; i < 100; i++, count++) { ${work} }`;
const moving = untilDeadline(
  "fs.renameSync('one/first', 'two/second'); fs.renameSync('two/second', 'one/first');",
);
const opening = untilDeadline("fs.closeSync(fs.openSync('file'));");

async function finish(child: ChildProcess): Promise<readonly string[]> {
  const [status, signal] = await once(child, 'close');
  return status === 0 ? [] : [`a worker ended with ${status ?? signal}`];
}

async function checkRaces(kit: CheckKit): Promise<readonly string[]> {
  const directory = realpathSync(kit.playground.makeDirectory('tmpfs'));
  mkdirSync(`${directory}/one/first`, { recursive: true });
  mkdirSync(`${directory}/two`);
  writeFileSync(`${directory}/one/first/file`, '');
  const components = Buffer.from(directory).toString('latin1').split('/').slice(1);
  const probe = new KernelProbe(kit.kernel, makeFilter(components), ringBytes);
  try {
    const work = (script: string, cwd: string): ChildProcess =>
      spawn(process.execPath, ['--eval', script], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
    const children = [work(opening, `${directory}/one/first`), work(moving, directory)];
    const problems = (await Promise.all(children.map(finish))).flat();
    const { kinds, troubles } = probe.readCounters();
    const met = `${troubles.filter_path_changed} met a change of their path`;
    console.log(`note                of ${kinds.open.seen} opens ${met}`);
    // All other paths are let pass, so these were opens in the directory that moves.
    const dropped = kinds.open.approver_dropped + kinds.open.discarder_dropped;
    return dropped === 0 ? problems : [...problems, `${dropped} opens were dropped`];
  } finally {
    probe.close();
  }
}

export const filterRaceChecks: readonly KernelCheck[] = [
  { name: 'a path that changes under the filter is not ruled out', run: checkRaces },
];
