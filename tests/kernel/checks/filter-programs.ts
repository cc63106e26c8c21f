// SPDX-License-Identifier: Apache-2.0
// What the kernel filter knows of processes against what rules read of them. Two probes watch the
// same families of processes: from all that one of them tells, the agent's own cache makes programs
// and ancestors, by which the model must decide as the other one did.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filterEvent, splitPath, type VisibleProcess } from '@fimbul/rules';
import { type FileOperation, fileOperations, type KernelFilter } from '@fimbul/schema';
import fc from 'fast-check';
import type { Image } from '../../../packages/agent/src/context/image.ts';
import type { ProcessCache } from '../../../packages/agent/src/context/process-cache.ts';
import {
  isComplete,
  listAncestors,
  type ProcessEntry,
} from '../../../packages/agent/src/context/process-entry.ts';
import { tellProcesses } from '../../../packages/agent/src/context/told-processes.ts';
import { createProcessContext } from '../../../packages/agent/src/process-context.ts';
import type { ObservedRecord } from '../observed-record.ts';
import {
  arbitraryFamily,
  arbitraryProcessFilter,
  programPaths,
  scriptPaths,
  touchedFile,
} from './arbitrary-lineage.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { ProbePair } from './probe-pair.ts';
import { type DropCounts, tryGenerated } from './try-generated.ts';

const familyDeadlineMs = 60_000;

function makePrograms(directory: string, program: string): void {
  for (const path of [...programPaths, ...scriptPaths]) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    if (programPaths.includes(path)) copyFileSync(program, target);
    else writeFileSync(target, `#!${join(directory, programPaths[0] ?? '')} -s\n`);
    chmodSync(target, 0o755);
  }
  writeFileSync(join(directory, touchedFile), '');
}

type Family = { readonly pids: ReadonlySet<number>; readonly problem: string | null };

function runFamily(kit: CheckKit, directory: string, words: readonly string[]): Family {
  const { pid, status, signal, stdout, stderr, error } = spawnSync(
    kit.operations.lineage,
    ['first', ...words],
    { cwd: directory, encoding: 'utf8', timeout: familyDeadlineMs },
  );
  const problem =
    status === 0 ? null : `lineage ended with ${status ?? signal}: ${error ?? stderr.trim()}`;
  const told = stdout.split('\n').filter((line) => line !== '');
  return { pids: new Set([pid, ...told.map(Number)]), problem };
}

type FileRecord = Extract<ObservedRecord, { readonly kind: FileOperation }>;

function isFileRecord(record: ObservedRecord): record is FileRecord {
  return fileOperations.some((operation) => operation === record.kind);
}

/** The path that rules read; null where the kernel has only what a caller called it. */
function findProgram(image: Image) {
  return image.script === null && image.executable !== null
    ? splitPath(image.executable.path)
    : null;
}

/** What the kernel can know by the records of a process, and by what it was told before. */
function seeProcess(entry: ProcessEntry, isTold: boolean): VisibleProcess {
  const ancestors = listAncestors(entry);
  const chain = [entry, ...ancestors];
  const isWhole = chain.every((own) => isComplete(own) && own.lineage.omitted === 0);
  const isKnown = isTold && isWhole;
  return {
    program: findProgram(entry.image),
    ancestors: isKnown ? ancestors.map(({ image }) => findProgram(image)) : null,
  };
}

function applyRecord(processes: ProcessCache, record: ObservedRecord): void {
  if (record.kind === 'fork') processes.applyFork(record);
  else if (record.kind === 'exec') processes.applyExec({ ...record, terminal: '' });
  else if (record.kind === 'exit') processes.applyExit(record);
}

type Told = { readonly text: string; readonly lanes: bigint };

function describe(record: FileRecord, lanes: bigint): Told {
  return { text: `${record.kind} by ${record.process.pid} → ${record.retval}`, lanes };
}

type Run = {
  readonly kit: CheckKit;
  readonly filter: KernelFilter;
  readonly words: readonly string[];
  /** Whether the kernel is told of the processes that were there before. */
  readonly isTold: boolean;
  readonly counts: DropCounts;
};

function predict(
  { filter, isTold }: Run,
  processes: ProcessCache,
  records: readonly ObservedRecord[],
): readonly Told[] {
  return records.flatMap((record) => {
    applyRecord(processes, record);
    if (!isFileRecord(record)) return [];
    const entry = processes.resolve(record.process);
    const lanes = filterEvent(filter, record.kind, {
      ...{ sourceName: null, destinationName: null, sourcePath: null, destinationPath: null },
      values: {},
      result: BigInt(record.retval),
      process: seeProcess(entry, isTold),
    });
    return lanes === 0n ? [] : [describe(record, lanes)];
  });
}

function findDifference(expected: readonly Told[], told: readonly Told[]): string | null {
  for (let index = 0; index < Math.max(expected.length, told.length); index += 1) {
    const [model, kernel] = [expected[index], told[index]];
    if (model?.text === kernel?.text && model?.lanes === kernel?.lanes) continue;
    return (
      `event ${index}: the model lets ${model?.text ?? 'none'} pass with ${model?.lanes}, ` +
      `the kernel ${kernel?.text ?? 'none'} with ${kernel?.lanes}`
    );
  }
  return null;
}

function compare(run: Run, pair: ProbePair, directory: string): string | null {
  const { kit, filter, words, isTold, counts } = run;
  const filtered = pair.filtered.use(filter);
  const { processes, takeSnapshot } = createProcessContext();
  takeSnapshot();
  if (isTold) tellProcesses(processes.listLive(), filtered.probe);
  const { pids, problem } = runFamily(kit, directory, words);
  if (problem !== null) return problem;
  const all = pair.whole.take((pid) => pids.has(pid));
  const some = filtered.take((pid) => pids.has(pid)).filter(isFileRecord);
  counts.seen += all.filter(isFileRecord).length;
  counts.dropped += all.filter(isFileRecord).length - some.length;
  const told = some.map((record) => describe(record, record.lanes));
  return findDifference(predict(run, processes, all), told);
}

function checkPrograms(kit: CheckKit): readonly string[] {
  const counts = { seen: 0, dropped: 0 };
  const directory = kit.playground.makeDirectory('ext4');
  makePrograms(directory, kit.operations.lineage);
  const components = realpathSync(directory).split('/').slice(1);
  const pair = new ProbePair(kit.kernel);
  const property = fc.property(
    arbitraryProcessFilter(components),
    arbitraryFamily,
    fc.boolean(),
    (filter, words, isTold) => {
      const difference = compare({ kit, filter, words, isTold, counts }, pair, directory);
      if (difference !== null) throw new Error(difference);
    },
  );
  try {
    return tryGenerated(property, kit.isOwnMachine ? 6 : 20, counts);
  } finally {
    pair.close();
  }
}

export const filterProgramChecks: readonly KernelCheck[] = [
  { name: 'the filter knows of processes what rules read of them', run: checkPrograms },
];
