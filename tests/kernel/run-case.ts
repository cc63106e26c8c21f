// SPDX-License-Identifier: Apache-2.0
// Runs one case on one filesystem: makes its files, lets the trigger do its steps, takes what each
// probe sent about the trigger's processes, and tells what is wrong. All backends watch at the same
// time, so that the work is done once.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { compareRecords } from './compare-records.ts';
import { type CaseFacts, Expectations, type Shape } from './expected-records.ts';
import type { FilesystemName, KernelCase } from './kernel-case.ts';
import type { KernelProbe } from './kernel-probe.ts';
import type { ObservedRecord } from './observed-record.ts';
import type { Operations } from './operations.ts';
import { makeFixtures, type Playground } from './playground.ts';
import { writeScript } from './script.ts';
import type { CallStep, Step } from './steps.ts';
import { readTruths, type Truth } from './truth.ts';

const operateDeadlineMs = 120_000;

export type Bench = {
  readonly probes: readonly KernelProbe[];
  readonly playground: Playground;
  readonly operations: Operations;
  readonly series: string;
};

export type Place = { readonly directory: string; readonly filesystem: FilesystemName };

export type Performance = {
  readonly pid: number;
  readonly truths: readonly Truth[];
  /** The steps, by line of the script. */
  readonly lines: readonly (Step | null)[];
  /** What of it did not go as it was meant to. */
  readonly problems: readonly string[];
};

const auid = Number(readFileSync('/proc/self/loginuid', 'utf8'));

/** Checks the result of a call: an expectation about one that went another way says nothing. */
function checkCall(step: CallStep, result: number): string[] {
  if (step.error === 'any') return [];
  const isExpected = step.error === null ? result >= 0 : result === -step.error;
  if (isExpected) return [];
  const words = `${step.call}(${step.arguments.map((a) => JSON.stringify(a)).join(', ')})`;
  return [`${words} gave ${result}, expected ${step.error === null ? 'success' : -step.error}`];
}

/** Checks that everything that was done went as the case means it. */
function checkResults(steps: readonly (Step | null)[], truths: readonly Truth[]): string[] {
  return truths.flatMap((truth) => {
    const step = 'line' in truth ? steps[truth.line] : null;
    if (truth.told === 'call' && step?.do === 'call') return checkCall(step, truth.result);
    if (truth.told !== 'ended' || step?.do !== 'fork' || step.status === null) return [];
    const expected = step.status ?? 0;
    if (truth.status === expected) return [];
    return [`process ${truth.pid} ended with status ${truth.status}, expected ${expected}`];
  });
}

const nothingDone: Performance = { pid: 0, truths: [], lines: [], problems: [] };

/** Lets the trigger do some steps in a directory. */
export function perform(
  operations: Operations,
  steps: readonly Step[],
  directory: string,
): Performance {
  if (steps.length === 0) return nothingDone;
  const script = writeScript(steps, { directory, nothing: operations.nothing });
  const { pid, status, signal, stdout, stderr, error } = spawnSync(operations.operate, [], {
    cwd: directory,
    input: script.text,
    encoding: 'latin1',
    timeout: operateDeadlineMs,
  });
  const problems: string[] = [];
  if (error) problems.push(`operate: ${error.message}`);
  if (status !== 0) problems.push(`operate ended with ${status ?? signal}: ${stderr.trim()}`);
  const truths = readTruths(stdout);
  problems.push(...checkResults(script.steps, truths));
  return { pid, truths, lines: script.steps, problems };
}

/** All processes that a performance had. */
export function listPids({ pid, truths }: Performance): ReadonlySet<number> {
  const told = truths.map((t) => (t.told === 'identity' ? t.identity.pid : t.pid));
  return new Set([pid, ...told]);
}

/** What holds for all records of some processes. */
function checkTogether(records: readonly ObservedRecord[]): string[] {
  const problems: string[] = [];
  const starts = new Map<number, bigint>();
  for (const record of records) {
    const { pid, startTimeNs, isKernelThread } = record.process;
    const known = starts.get(pid) ?? startTimeNs;
    starts.set(pid, known);
    if (known !== startTimeNs) problems.push(`process ${pid} started at two times`);
    if (startTimeNs > record.timestampNs) problems.push(`process ${pid} acts before it starts`);
    if (isKernelThread) problems.push(`process ${pid} is taken for a kernel thread`);
    if (record.kind !== 'fork') continue;
    const creator = starts.get(record.creatorPid);
    if (creator !== undefined && creator !== record.creatorStartTimeNs) {
      problems.push(`creator ${record.creatorPid} started at two times`);
    }
  }
  return problems;
}

/** The records that start and end every trigger. */
function frame(bench: Bench, pid: number, shapes: readonly Shape[], isNameSure: boolean): Shape[] {
  const path = bench.operations.operate;
  const begin: Shape[] = [
    { kind: 'fork', process: { pid, ppid: process.pid }, creatorPid: process.pid },
    { kind: 'exec', process: { pid }, file: { path, pathSource: 'kernel' }, argv: [path] },
  ];
  // Of a process with several threads, the record of its end is by the one that ended last.
  const comm = isNameSure ? { comm: 'operate' } : {};
  return [...begin, ...shapes, { kind: 'exit', process: { pid, ...comm }, status: 0 }];
}

/** What of a case is the same for every backend. */
type Performed = {
  readonly performance: Performance;
  readonly pids: ReadonlySet<number>;
  readonly facts: Omit<CaseFacts, 'backends'>;
};

/** Holds what one probe sent against what it had to send; returns what is wrong. */
function judge(bench: Bench, probe: KernelProbe, performed: Performed): readonly string[] {
  const { performance, pids, facts } = performed;
  const { pid, truths } = performance;
  const records = probe.take((candidate) => pids.has(candidate));
  const { shapes, appliedDifferences } = new Expectations({ ...facts, backends: probe.backends });
  const isReplaced = truths.some((truth) => truth.told === 'exec' && truth.pid === pid);
  const hasWorkers = performance.lines.some(
    (step) => step?.do === 'call' && step.entrance === 'ring',
  );
  const observed = records.filter(({ kind }) => kind !== 'cgroup');
  const wrong = compareRecords(frame(bench, pid, shapes, !isReplaced && !hasWorkers), observed);
  const hint =
    wrong.length > 0 && appliedDifferences.length > 0
      ? appliedDifferences.map(
          ({ reason }) => `if this is no longer so, known-differences.ts must know: ${reason}`,
        )
      : [];
  return [...wrong, ...hint, ...checkTogether(observed), ...probe.findImbalances()];
}

/** Runs a case; returns what is wrong with it, in words. */
export function runCase(bench: Bench, kernelCase: KernelCase, place: Place): readonly string[] {
  const { directory, filesystem } = place;
  const { series, operations, probes } = bench;
  const { nothing } = operations;
  const inodes = makeFixtures(directory, kernelCase.files ?? {}, nothing);
  const { steps } = kernelCase;
  const plain = typeof steps === 'function' ? steps(directory) : steps;
  const prepared = perform(operations, kernelCase.setUp ?? [], directory);
  for (const probe of probes) probe.take(() => false);
  const performance = perform(operations, plain, directory);
  const { truths, lines } = performance;
  const facts = { directory, filesystem, nothing, series, steps: lines, truths, inodes, auid };
  const performed: Performed = { performance, pids: listPids(performance), facts };
  const doneProblems = [...prepared.problems, ...performance.problems];
  const wrong =
    doneProblems.length > 0
      ? []
      : probes.flatMap((probe) => {
          const problems = judge(bench, probe, performed);
          return probes.length > 1 ? problems.map((text) => `${probe.backend}: ${text}`) : problems;
        });
  const restored = perform(operations, kernelCase.tearDown ?? [], directory);
  return [...doneProblems, ...wrong, ...restored.problems];
}
