// SPDX-License-Identifier: Apache-2.0
// Plans for kernels that are not here, from what they would answer.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileOperations } from '@fimbul/schema';
import type { ProgramTrial } from '../native.ts';
import type { BackendName, KernelFeatures, KernelFunction } from './features.ts';
import { type FunctionRole, functionNames, functionRoles } from './functions.ts';
import { optionalHooks, requiredHooks, timestampHooks } from './hooks.ts';
import {
  type Exclusion,
  excludeProgram,
  type PlanRefusal,
  type ProbePlan,
  planProbe,
} from './plan.ts';

const runs: ProgramTrial = { outcome: 'attached', ran: true };
const neverRuns: ProgramTrial = { outcome: 'attached', ran: false };
const notLoaded: ProgramTrial = { outcome: 'load_refused', errno: 22, errnoName: 'EINVAL' };
const notAttached: ProgramTrial = { outcome: 'attach_refused', errno: 524, errnoName: 'ENOTSUPP' };

const required = requiredHooks.map(({ tracepoint }) => tracepoint);
const filesystemHooks = optionalHooks
  .map(({ tracepoint }) => tracepoint)
  .filter((name) => !timestampHooks.includes(name));

/** What a kernel has under its own names, with its parameter counts. */
const functions = new Map<FunctionRole, KernelFunction>(
  functionRoles.map((role) => [role, { name: functionNames[role][0], parameterCount: 3 }]),
);

function makeFeatures(
  tracepoints: readonly string[],
  changes: Partial<Omit<KernelFeatures, 'tracepoints'>> = {},
): KernelFeatures {
  return {
    release: '6.12.0-test',
    typedReads: true,
    tracepoints: new Map(tracepoints.map((name) => [name, 'vmlinux'])),
    functions,
    chmodSyscalls: ['__x64_sys_chmod', '__ia32_sys_chmod'],
    backends: { lsm: notAttached, kprobe: notAttached, fexit: notAttached, tracepoint: runs },
    preemption: 'voluntary',
    lockdown: null,
    securityModules: null,
    ...changes,
  };
}

const everything = { lsm: runs, kprobe: runs, fexit: runs, tracepoint: runs };

/** What kernels of a version have, ext4 loaded; the first five with tracepoints alone. */
const kernels = {
  '5.10': makeFeatures([...required, ...filesystemHooks], { typedReads: false }),
  '6.1': makeFeatures([...required, ...filesystemHooks], { typedReads: false }),
  '6.12': makeFeatures([...required, ...filesystemHooks]),
  '6.18': makeFeatures([...required, ...timestampHooks, ...filesystemHooks]),
  '7.2': makeFeatures([...required, ...timestampHooks, ...filesystemHooks]),
  voluntary: makeFeatures(required, { backends: everything }),
  lazy: makeFeatures(required, { backends: everything, preemption: 'lazy' }),
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
        const isOptional = filesystemHooks.includes(name.replace(/_probed$/, ''));
        const isTimestamp = timestampHooks.includes(name);
        const isSyscall = name.includes('chmod_syscall');
        assert.equal(isRequired, !isOptional && !isTimestamp && !isSyscall, name);
      }
    }
  });
});

describe('the backend', () => {
  const choices = ({ operations }: ProbePlan) =>
    Object.fromEntries(operations.map(({ operation, backend }) => [operation, backend]));
  const processes = (backend: BackendName) => ({ fork: backend, exec: backend, exit: backend });
  const checked = (backend: BackendName) => ({ unlink: backend, rename: backend, chmod: backend });

  it('is the tracepoints where nothing else works, with why not', () => {
    const { operations } = plan(kernels['6.18']);
    assert.deepEqual(
      operations.map(({ operation }) => operation).sort(),
      [...fileOperations, 'exec', 'exit', 'fork'].sort(),
    );
    for (const { operation, backend, reason } of operations) {
      assert.equal(backend, 'tracepoint');
      if (operation === 'unlink') assert.match(reason, /^lsm: this kernel refuses .+; fexit: /);
    }
  });

  it('is asked as a security module, and hooks returns, where tasks are not preempted', () => {
    const planned = plan(kernels.voluntary);
    assert.deepEqual(choices(planned), {
      ...{ open: 'fexit', ...checked('lsm'), ...processes('tracepoint') },
    });
    assert.deepEqual(
      planned.programs.map(({ name, target }) => `${name} ${target}`),
      [
        ...['sched_process_fork null', 'sched_process_exec null', 'sched_process_exit null'],
        ...['fexit_open do_file_open', 'fexit_open_by_root do_file_open_root'],
        ...['fexit_unlink filename_unlinkat', 'lsm_unlink_check null'],
        'fentry_unlink_begin filename_unlinkat',
        ...['fexit_rename filename_renameat2', 'lsm_rename_check null'],
        'fentry_rename_begin filename_renameat2',
        ...['fexit_chmod chmod_common', 'lsm_chmod_check null', 'fentry_chmod_begin chmod_common'],
        'kretprobe_chmod_syscall __x64_sys_chmod',
        'kretprobe_chmod_syscall __ia32_sys_chmod',
        'kprobe_chmod_syscall __x64_sys_chmod',
        'kprobe_chmod_syscall __ia32_sys_chmod',
      ],
    );
    assert.deepEqual(planned.leftToOthers, fileOperations);
  });

  it('uses kprobes, for processes too, where tasks are preempted in the kernel', () => {
    for (const preemption of ['lazy', 'full', 'preemptible', 'unknown'] as const) {
      const planned = plan({ ...kernels.lazy, preemption });
      assert.deepEqual(choices(planned), {
        ...{ open: 'kprobe', ...checked('lsm'), ...processes('kprobe') },
      });
      const skipping = planned.programs.filter(({ name }) => !/^(k(ret)?probe|lsm)_/.test(name));
      assert.deepEqual(skipping, []);
    }
  });

  it('hooks ends before begins, so that no call is left behind', () => {
    for (const features of [kernels.voluntary, kernels.lazy]) {
      for (const backend of ['auto', 'lsm', 'kprobe', 'fexit'] as const) {
        const planned = planProbe(features, backend);
        assert.ok('programs' in planned);
        for (const operation of fileOperations) {
          const names = planned.programs
            .filter((entry) => entry.operation === operation && entry.required)
            .map(({ name }) => name);
          const isBegin = (name: string): boolean => name.endsWith('_begin');
          const firstBegin = names.findIndex(isBegin);
          if (firstBegin >= 0) assert.ok(names.slice(firstBegin).every(isBegin), `${names}`);
        }
      }
    }
  });

  it('may be forced; an open falls back where it would be of lsm', () => {
    for (const backend of ['kprobe', 'fexit', 'tracepoint'] as const) {
      const planned = planProbe(kernels.voluntary, backend);
      assert.ok('operations' in planned);
      const files = planned.operations.slice(0, fileOperations.length);
      assert.ok(files.every((entry) => entry.backend === backend));
      assert.ok(files.every(({ reason }) => reason === 'forced by --backend'));
    }
    const planned = planProbe(kernels.lazy, 'lsm');
    assert.ok('operations' in planned);
    const [open] = planned.operations;
    assert.equal(open?.backend, 'kprobe');
    assert.match(open?.reason ?? '', /^lsm: no security module is asked once an open has ended/);
  });

  it('never keeps what a call begins with by a program that is skipped', () => {
    const planned = planProbe(kernels.lazy, 'fexit');
    assert.ok('programs' in planned);
    const begins = planned.programs.filter(({ name }) => name.endsWith('_begin'));
    assert.deepEqual(
      begins.map(({ name }) => name),
      ['kprobe_unlink_begin', 'kprobe_rename_begin', 'kprobe_chmod_begin'],
    );
    const backends = { ...everything, kprobe: notLoaded };
    const without = plan({ ...kernels.lazy, backends });
    assert.deepEqual(choices(without), {
      ...{ open: 'fexit', ...checked('tracepoint'), ...processes('tracepoint') },
    });
    assert.match(without.operations[1]?.reason ?? '', /fexit: tasks are preempted here/);
  });

  it('that came to grief for an operation is left out for it alone', () => {
    const first = plan(kernels.voluntary);
    const exclusion = excludeProgram(first, 'lsm_rename_check', 'the kernel said no');
    assert.deepEqual(exclusion, {
      ...{ operation: 'rename', backend: 'lsm', reason: 'the kernel said no' },
    });
    assert.ok(exclusion);
    const exclusions: Exclusion[] = [exclusion];
    const second = planProbe(kernels.voluntary, 'auto', exclusions);
    assert.ok('operations' in second);
    assert.deepEqual(choices(second), { ...choices(first), rename: 'fexit' });
    const rename = second.operations.find(({ operation }) => operation === 'rename');
    assert.equal(rename?.reason, 'lsm: the kernel said no');
    // Nothing is left to fall back to once tracepoints fail.
    assert.equal(excludeProgram(first, 'sched_process_exec', 'no'), null);
  });

  it('of processes falls back to tracepoints', () => {
    const first = plan(kernels.lazy);
    const exclusion = excludeProgram(first, 'kprobe_exec', 'no');
    assert.ok(exclusion);
    const second = planProbe(kernels.lazy, 'auto', [exclusion]);
    assert.ok('operations' in second);
    assert.deepEqual(choices(second), { ...choices(first), ...processes('tracepoint') });
  });

  it('is another one where a function is missing', () => {
    const without = new Map(functions);
    without.delete('renameCheck');
    const { operations } = plan({ ...kernels.voluntary, functions: without });
    // A security module needs no function for its check.
    assert.equal(operations[2]?.backend, 'lsm');
    const backends = { ...everything, lsm: neverRuns };
    const planned = plan({ ...kernels.voluntary, functions: without, backends });
    assert.equal(planned.operations[2]?.backend, 'tracepoint');
    assert.deepEqual(planned.leftToOthers, ['open', 'unlink', 'chmod']);
    assert.ok(planned.programs.some(({ name }) => name === 'sys_exit'));
  });

  it('lsm needs something that tells how a call ends', () => {
    const backends = { ...everything, kprobe: notLoaded, fexit: notLoaded };
    const planned = plan({ ...kernels.voluntary, backends });
    assert.match(planned.backends[0]?.detail ?? '', /neither fexit nor kprobe works here/);
    assert.equal(planned.operations[1]?.backend, 'tracepoint');
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

  it('that is forced and does not work is refused for its own reason alone', () => {
    const { what, advice } = refuse(kernels['6.12'], 'lsm');
    assert.match(what, /: lsm: this kernel refuses to attach such a program \(ENOTSUPP\)$/);
    assert.match(advice, /leave out --backend/);
  });
});

describe('limits', () => {
  function limitsOf(features: KernelFeatures, operation: string): string {
    const found = plan(features).operations.find((entry) => entry.operation === operation);
    assert.ok(found);
    return found.limits.join('\n');
  }

  it('of every operation say what no tracepoint sees', () => {
    for (const version of ['5.10', '6.1', '6.12', '6.18', '7.2'] as const) {
      for (const operation of fileOperations) {
        assert.match(limitsOf(kernels[version], operation), /^io_uring requests/);
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

  it('say where events are missed because tasks are preempted', () => {
    const missed = /preemption model lazy.+missed.+\n.+told as loss/s;
    const forced = planProbe(kernels.lazy, 'fexit');
    assert.ok('operations' in forced);
    for (const { limits } of forced.operations) assert.match(limits.join('\n'), missed);
    assert.doesNotMatch(limitsOf(kernels.lazy, 'unlink'), /preemption model/);
    assert.doesNotMatch(limitsOf(kernels.voluntary, 'unlink'), /missed/);
  });

  it('say what a chmod lacks without kprobes', () => {
    const backends = { ...everything, kprobe: notLoaded };
    assert.match(limitsOf({ ...kernels.voluntary, backends }, 'chmod'), /needs kprobes/);
    assert.doesNotMatch(limitsOf(kernels.voluntary, 'chmod'), /needs kprobes/);
  });
});
