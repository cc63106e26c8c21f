// SPDX-License-Identifier: Apache-2.0
// Plans for kernels that are not here, from what they would answer.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileOperations } from '@fimbul/schema';
import type { ProgramTrial } from '../native.ts';
import type { KernelFeatures } from './features.ts';
import { optionalHooks, requiredHooks, timestampHooks } from './hooks.ts';
import { type PlanRefusal, type ProbePlan, planProbe } from './plan.ts';

const runs: ProgramTrial = { outcome: 'attached', ran: true };
const neverRuns: ProgramTrial = { outcome: 'attached', ran: false };
const notLoaded: ProgramTrial = { outcome: 'load_refused', errno: 22, errnoName: 'EINVAL' };
const notAttached: ProgramTrial = { outcome: 'attach_refused', errno: 524, errnoName: 'ENOTSUPP' };

const required = requiredHooks.map(({ tracepoint }) => tracepoint);
const filesystemHooks = optionalHooks
  .map(({ tracepoint }) => tracepoint)
  .filter((name) => !timestampHooks.includes(name));

function makeFeatures(
  tracepoints: readonly string[],
  changes: Partial<Omit<KernelFeatures, 'tracepoints'>> = {},
): KernelFeatures {
  return {
    release: '6.12.0-test',
    typedReads: true,
    tracepoints: new Map(tracepoints.map((name) => [name, 'vmlinux'])),
    backends: { lsm: notAttached, kprobe: notAttached, fexit: notAttached, tracepoint: runs },
    lockdown: null,
    securityModules: null,
    ...changes,
  };
}

/** What Debian's kernels of a version have, ext4 loaded. */
const kernels = {
  '5.10': makeFeatures([...required, ...filesystemHooks], { typedReads: false }),
  '6.1': makeFeatures([...required, ...filesystemHooks], { typedReads: false }),
  '6.12': makeFeatures([...required, ...filesystemHooks]),
  '6.18': makeFeatures([...required, ...timestampHooks, ...filesystemHooks]),
  '7.2': makeFeatures([...required, ...timestampHooks, ...filesystemHooks], {
    backends: { lsm: runs, kprobe: runs, fexit: runs, tracepoint: runs },
  }),
} as const;

function plan(features: KernelFeatures): ProbePlan {
  const planned = planProbe(features, 'auto');
  assert.ok('programs' in planned, 'what' in planned ? planned.what : '');
  return planned;
}

function refuse(...parameters: Parameters<typeof planProbe>): PlanRefusal {
  const planned = planProbe(...parameters);
  assert.ok('what' in planned);
  return planned;
}

function programNames(features: KernelFeatures): string[] {
  return plan(features).programs.map(({ name }) => name);
}

describe('programs', () => {
  const processes = ['sched_process_fork', 'sched_process_exec', 'sched_process_exit'];
  const probed = (names: readonly string[]) => names.map((name) => `${name}_probed`);
  const ofExt4 = ['writeback_dirty_inode_start', 'ext4_mark_inode_dirty', 'ext4_unlink_enter'];
  const withTimestamps = [...timestampHooks, 'writeback_dirty_inode_start', 'ext4_unlink_enter'];

  it('read by probes where there are no typed reads', () => {
    const expected = probed([...processes, 'sys_exit', ...ofExt4]);
    assert.deepEqual(programNames(kernels['5.10']), expected);
    assert.deepEqual(programNames(kernels['6.1']), expected);
    assert.equal(plan(kernels['6.1']).typedReads, false);
  });

  it('read through types where the kernel allows it', () => {
    assert.deepEqual(programNames(kernels['6.12']), [...processes, 'sys_exit', ...ofExt4]);
    assert.equal(plan(kernels['6.12']).typedReads, true);
  });

  it('leave out what timestamps make superfluous', () => {
    const expected = [...processes, 'sys_exit', ...withTimestamps];
    assert.deepEqual(programNames(kernels['6.18']), expected);
    assert.deepEqual(programNames(kernels['7.2']), expected);
  });

  it('are those whose tracepoint exists', () => {
    assert.deepEqual(programNames(makeFeatures(required)), [...processes, 'sys_exit']);
    const one = makeFeatures([...required, 'ctime_xchg_skip', 'ext4_mark_inode_dirty']);
    assert.deepEqual(programNames(one), [...processes, 'sys_exit', 'ctime_xchg_skip']);
  });

  it('are required where nothing works without them', () => {
    for (const features of Object.values(kernels)) {
      for (const { name, required: isRequired } of plan(features).programs) {
        assert.equal(isRequired, required.includes(name.replace(/_probed$/, '')), name);
      }
    }
  });
});

describe('the backend', () => {
  it('is the tracepoints, with what was better and why not', () => {
    const { backends, operations } = plan(kernels['7.2']);
    assert.deepEqual(
      backends.map(({ backend, verdict }) => `${backend} ${verdict}`),
      ['lsm absent', 'kprobe absent', 'fexit absent', 'tracepoint usable'],
    );
    assert.deepEqual(
      operations.map(({ operation }) => operation),
      [...fileOperations],
    );
    for (const { backend, reason } of operations) {
      assert.equal(backend, 'tracepoint');
      assert.match(reason, /^lsm: .+ does not have it yet; kprobe: .+; fexit: /);
    }
  });

  it('is refused in the words of what the kernel did', () => {
    const backends = { lsm: neverRuns, kprobe: notLoaded, fexit: notAttached, tracepoint: runs };
    const details = plan(makeFeatures(required, { backends })).backends;
    assert.deepEqual(
      details.map(({ verdict, detail }) => `${verdict}: ${detail}`),
      [
        'refused: a program attaches but is never run: the kernel has it switched off',
        'refused: this kernel refuses to load such a program (EINVAL)',
        'refused: this kernel refuses to attach such a program (ENOTSUPP)',
        'usable: a program loads, attaches and runs',
      ],
    );
  });

  it('works when the kernel does not say whether its program ran', () => {
    const tracepoint: ProgramTrial = { outcome: 'attached', ran: null };
    const backends = { ...kernels['6.12'].backends, tracepoint };
    assert.equal(plan(makeFeatures(required, { backends })).backends[3]?.verdict, 'usable');
  });

  it('is refused with the names of the tracepoints that are missing', () => {
    const missing = ['sys_exit', 'sched_process_fork'];
    const features = makeFeatures(required.filter((name) => !missing.includes(name)));
    const { what, advice } = refuse(features, 'auto');
    assert.match(what, /^no hook backend works on this kernel \(6\.12\.0-test\): lsm: /);
    assert.match(what, /tracepoint: this kernel has no tracepoint sched_process_fork, sys_exit$/);
    assert.match(advice, /fimbul doctor/);
    assert.match(advice, /5\.10/);
  });

  it('may be forced', () => {
    const planned = planProbe(kernels['6.12'], 'tracepoint');
    assert.ok('operations' in planned);
    assert.ok(planned.operations.every(({ reason }) => reason === 'forced by --backend'));
  });

  it('that is forced and does not work is refused for its own reason alone', () => {
    const { what, advice } = refuse(kernels['6.12'], 'lsm');
    assert.match(what, /: lsm: this kernel refuses to attach such a program \(ENOTSUPP\)$/);
    assert.match(advice, /leave out --backend/);
    assert.match(refuse(kernels['7.2'], 'fexit').what, /: fexit: .+ does not have it yet$/);
  });
});

describe('limits', () => {
  function limitsOf(features: KernelFeatures, operation: string): string {
    const found = plan(features).operations.find((entry) => entry.operation === operation);
    assert.ok(found);
    return found.limits.join('\n');
  }

  it('of every operation say what no tracepoint sees', () => {
    for (const features of Object.values(kernels)) {
      for (const operation of fileOperations) {
        assert.match(limitsOf(features, operation), /^io_uring requests/);
      }
    }
  });

  it('name multigrain timestamps where they show objects', () => {
    assert.match(limitsOf(kernels['6.18'], 'unlink'), /multigrain timestamps/);
  });

  it('name the hook that shows objects where there are no such timestamps', () => {
    assert.match(limitsOf(kernels['6.1'], 'unlink'), /only where ext4_unlink_enter shows it/);
    assert.match(limitsOf(kernels['6.1'], 'rename'), /only where ext4_mark_inode_dirty shows it/);
    assert.match(limitsOf(kernels['6.1'], 'chmod'), /writeback_dirty_inode_start shows it/);
  });

  it('say so where nothing shows objects', () => {
    assert.match(limitsOf(makeFeatures(required), 'unlink'), /Only the caller’s path is known/);
  });

  it('of one operation are told with it alone', () => {
    assert.match(limitsOf(kernels['6.12'], 'rename'), /exchange of two files/);
    assert.match(limitsOf(kernels['6.12'], 'chmod'), /mode before/);
    assert.match(limitsOf(kernels['6.12'], 'open'), /Refused opens/);
    assert.doesNotMatch(limitsOf(kernels['6.12'], 'unlink'), /exchange|mode before|opens/);
  });
});
