// SPDX-License-Identifier: Apache-2.0
// How much of what no rule matches the kernel drops, on real workloads: under the default policy,
// and under rules of the shapes that policies have. Both probes run at once, beside one without a
// filter that tells how many of the events write. What others on the machine do counts as well.

import { join } from 'node:path';
import { readPolicyFiles, rootDirectory } from '@fimbul/config';
import { type CompiledPolicies, compilePolicies } from '@fimbul/rules';
import { fileOperations } from '@fimbul/schema';
import type { BenchOptions } from './bench-options.ts';
import type { Remainder } from './measure/remainder.ts';
import {
  addWindows,
  getDroppedPercent,
  type OperationWindows,
  type Window,
} from './measure/shares.ts';
import { Subject, type SubjectWindow } from './measure/subject.ts';
import { Witness } from './measure/witness.ts';
import { report } from './report.ts';
import { listWorkloads, runWorkload } from './workloads/all-workloads.ts';
import { compileDefaultPolicy, createWorkspace } from './workspace.ts';

const ringBytes = 64 * 1024 * 1024;
const groupsOfWorkload = 4;
const groupsOfAll = 15;

function compileShapes(): CompiledPolicies {
  const path = join(rootDirectory, 'bench/policies/shapes.policy');
  return compilePolicies(readPolicyFiles([path]));
}

function tell(policy: string, workload: string, part: string, window: Window): void {
  const percent = getDroppedPercent(window);
  if (percent === null) return;
  const metric = `${policy}.${workload}.${part}_dropped_in_kernel`;
  const context = { ...window, others_on_the_machine: 'included' };
  report({ bench: 'precision', metric, value: percent, unit: '%', context });
}

function tellWindow(
  policy: string,
  workload: string,
  { operations, writes }: Pick<SubjectWindow, 'operations' | 'writes'>,
): void {
  tell(policy, workload, 'all', addWindows(fileOperations.map((name) => operations[name])));
  for (const operation of fileOperations) tell(policy, workload, operation, operations[operation]);
  tell(policy, workload, 'write', writes);
}

function tellRemainder(policy: string, workload: string, remainder: Remainder, max: number): void {
  for (const { count, ...context } of remainder.listTop(max)) {
    const metric = `${policy}.${workload}.passed_unmatched`;
    report({ bench: 'precision', metric, value: count, unit: 'events', context });
  }
}

function addUp(windows: readonly SubjectWindow[]): Pick<SubjectWindow, 'operations' | 'writes'> {
  const operations = Object.fromEntries(
    fileOperations.map((name) => [name, addWindows(windows.map((one) => one.operations[name]))]),
  ) as OperationWindows;
  return { operations, writes: addWindows(windows.map(({ writes }) => writes)) };
}

type Watched = { readonly subject: Subject; readonly windows: SubjectWindow[] };

async function closeAll(watched: readonly Watched[], witness: Witness): Promise<SubjectWindow[]> {
  await Promise.all([witness.tap.settle(), ...watched.map(({ subject }) => subject.tap.settle())]);
  const writes = witness.take();
  const closed = watched.map(async ({ subject, windows }) => {
    const window = await subject.close(writes);
    windows.push(window);
    return window;
  });
  return Promise.all(closed);
}

/** Prints the shares of each workload and of all, and what made up the rest. */
export async function benchPrecision({ workloads: names }: BenchOptions): Promise<void> {
  const workspace = createWorkspace();
  const policies = { default: compileDefaultPolicy(), shapes: compileShapes() };
  const witness = new Witness(ringBytes);
  const watched: Watched[] = Object.entries(policies).map(([name, compiled]) => ({
    subject: new Subject(name, compiled, ringBytes),
    windows: [],
  }));
  try {
    witness.tap.start();
    for (const { subject } of watched) subject.start();
    const open = async (): Promise<void> => {
      await Promise.all([witness.tap.settle(), ...watched.map(({ subject }) => subject.open())]);
      witness.take();
    };
    for (const workload of listWorkloads(workspace, names)) {
      const close = async (): Promise<void> => {
        const windows = await closeAll(watched, witness);
        for (const [index, window] of windows.entries()) {
          const policy = watched[index]?.subject.name ?? '';
          tellWindow(policy, workload.name, window);
          tellRemainder(policy, workload.name, window.remainder, groupsOfWorkload);
        }
      };
      await runWorkload(workload, open, close);
    }
    for (const { subject, windows } of watched) {
      if (windows.length < 2) continue;
      tellWindow(subject.name, 'all', addUp(windows));
      tellRemainder(subject.name, 'all', subject.remainder, groupsOfAll);
    }
  } finally {
    for (const { subject } of watched) subject.tap.close();
    witness.tap.close();
    workspace.remove();
  }
}
