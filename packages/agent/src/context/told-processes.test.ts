// SPDX-License-Identifier: Apache-2.0
// What the kernel filter is told of processes is what rules read of them, or that it is not known.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ToldProcess } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { kernelLimits, type ProgramFilter } from '@fimbul/schema';
import { contextLimits } from './limits.ts';
import type { ProcessCache } from './process-cache.ts';
import {
  FakeProcSource,
  makeCache,
  makeExec,
  makeFacts,
  makeFile,
  makeFork,
  makeProcess,
  startOf,
} from './record-samples.ts';
import { tellProcesses } from './told-processes.ts';

/** Atom 0 is one that two rules ask for. */
const { filter } = compilePolicies([
  {
    path: 'p',
    text: `rules:
  - { id: a, expression: 'open.file.name == "x" && process.ancestors.file.path not in ["/p1"]' }
  - { id: b, expression: 'unlink.file.name == "x" && process.ancestors.file.path in ["/p1"]' }
  - { id: c, expression: 'open.file.name == "y" && process.ancestors.file.path in ["/p2"]' }
  - { id: d, expression: 'open.file.name == "z" && process.file.path == "/p3"' }`,
  },
]);

function tell(cache: ProcessCache, programs: ProgramFilter | null = filter.programs) {
  const told = new Map<number, ToldProcess>();
  const report = tellProcesses(cache.listLive(), {
    programFilter: programs,
    tellProcess: (process) => {
      if (told.size === 4) return false;
      told.set(process.pid, process);
      return true;
    },
  });
  return { told, report };
}

function classOf(told: ToldProcess | undefined): readonly bigint[] {
  assert.ok(told && told.programClass !== null);
  return filter.programs?.paths.classes[told.programClass] ?? [];
}

describe('processes that the kernel is told of', () => {
  it('are known by all of their ancestors, and by the time of their exec', () => {
    const { cache } = makeCache();
    cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/p1'));
    cache.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 2 }));
    const exec = makeExec({ pid: 2 }, '/p3');
    cache.applyExec(exec);
    const { told, report } = tell(cache);
    assert.equal(report.untold, 0);
    const child = told.get(2);
    assert.equal(child?.imageNs, exec.timestampNs);
    assert.equal(child?.startTimeNs, startOf(2));
    assert.equal(child?.isExec, true);
    const [open] = filter.operations;
    // The class leaves the lane of the rule that wants this program.
    assert.notEqual((classOf(child)[open?.programRow ?? 0] ?? 0n) & (open?.lanes ?? 0n), 0n);
    assert.equal(filter.operations[0]?.operation, 'open');
  });

  it('have the atoms of a whole lineage, and all of one that is not', () => {
    const proc = new FakeProcSource();
    proc.add(makeProcess(1, { ppid: 0, executable: makeFile('/p1') }));
    proc.add(makeProcess(5, { ppid: 1, executable: makeFile('/p2') }));
    const { cache } = makeCache(proc);
    for (const pid of [1, 5]) {
      const read = proc.readProcess(pid);
      assert.ok(read);
      cache.insertRead(read);
    }
    cache.applyFork(makeFork(makeFacts({ pid: 9 }), { pid: 10 }));
    cache.applyExec(makeExec({ pid: 10 }, '/p3'));
    const { told } = tell(cache);
    const whole = told.get(5);
    assert.deepEqual([whole?.lineageMay, whole?.lineageMust], [1, 1]);
    assert.equal(whole?.ancestors, 1);
    assert.equal(whole?.imageNs, 0n, 'the kernel did not see its exec');
    const unknown = told.get(10);
    assert.deepEqual([unknown?.lineageMay, unknown?.lineageMust], [0xffff_ffff, 0]);
    assert.equal(unknown?.ancestors, null);
    assert.equal(told.has(9), false, 'nothing is known of it');
  });

  it('are none where no rule asks, and are counted where there is no room', () => {
    const { cache } = makeCache();
    for (let pid = 1; pid <= 6; pid += 1) cache.applyExec(makeExec({ pid, ppid: 0 }, '/p1'));
    assert.deepEqual(tell(cache).report, { told: 4, untold: 2 });
    assert.deepEqual(tell(cache, null).report, { told: 0, untold: 0 });
  });

  it('leave out ancestors where the kernel does', () => {
    assert.equal(kernelLimits.ANCESTORS_MAX, contextLimits.ancestorsMax);
    assert.equal(kernelLimits.EARLIER_IMAGES_MAX, contextLimits.earlierImagesMax);
    const { cache } = makeCache();
    cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/p1'));
    for (let pid = 1; pid <= contextLimits.ancestorsMax + 1; pid += 1) {
      cache.applyFork(makeFork(makeFacts({ pid }), { pid: pid + 1 }));
    }
    const entry = cache.find(
      contextLimits.ancestorsMax + 2,
      startOf(contextLimits.ancestorsMax + 2),
    );
    assert.ok(entry);
    const told: ToldProcess[] = [];
    tellProcesses([entry], {
      programFilter: filter.programs,
      tellProcess: (process) => told.push(process) > 0,
    });
    assert.equal(told[0]?.ancestors, null);
    assert.equal(told[0]?.lineageMust, 0);
  });
});
