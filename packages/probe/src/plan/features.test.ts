// SPDX-License-Identifier: Apache-2.0
// What is asked of the kernel, and that its types are closed again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelTypes } from '../kernel-types.ts';
import type { Native, ProgramTrial } from '../native.ts';
import { refuse, succeed } from '../probe-error.ts';
import { readKernelFeatures } from './features.ts';

type FakeNative = Pick<Native, 'openKernelTypes' | 'tryProgram' | 'readPreemption'>;

function makeNative(known: readonly string[], parameters = 4): { native: Native; asked: string[] } {
  const asked: string[] = [];
  const find = (name: string): string | null => (known.includes(name) ? 'ext4' : null);
  const types: Pick<KernelTypes, 'findFunction' | 'findTracepoint' | 'countParameters' | 'close'> =
    {
      findFunction: find,
      findTracepoint: find,
      countParameters: (name) => (known.includes(name) ? parameters : null),
      close: () => asked.push('close'),
    };
  const native: FakeNative = {
    // The features need no more of the types than this.
    openKernelTypes: () => succeed(types as KernelTypes),
    readPreemption: () => 'lazy',
    tryProgram: (kind, target): ProgramTrial => {
      asked.push(`${kind} ${target}`);
      return { outcome: 'load_refused', errno: asked.length, errnoName: kind };
    },
  };
  return { native: native as Native, asked };
}

test('each backend is tried with a program of its kind', () => {
  const { native, asked } = makeNative([]);
  const read = readKernelFeatures(native);
  assert.ok(read.ok);
  assert.deepEqual(asked, [
    ...['close', 'lsm file_open', 'kprobe security_file_open'],
    ...['fexit security_file_open', 'tp_btf sys_exit'],
  ]);
  const kinds = Object.entries(read.value.backends).map(([name, trial]) => [
    name,
    'errnoName' in trial && trial.errnoName,
  ]);
  assert.deepEqual(Object.fromEntries(kinds), {
    lsm: 'lsm',
    kprobe: 'kprobe',
    fexit: 'fexit',
    tracepoint: 'tp_btf',
  });
});

test('tracepoints are told with where they are', () => {
  const read = readKernelFeatures(makeNative(['sys_exit', 'ext4_unlink_enter', 'other']).native);
  assert.ok(read.ok);
  assert.deepEqual(
    [...read.value.tracepoints],
    [
      ['sys_exit', 'ext4'],
      ['ext4_unlink_enter', 'ext4'],
    ],
  );
  assert.equal(read.value.typedReads, false);
});

test('typed reads are there when their function is', () => {
  const read = readKernelFeatures(makeNative(['bpf_rdonly_cast']).native);
  assert.ok(read.ok);
  assert.equal(read.value.typedReads, true);
});

test('a kernel whose types cannot be read is refused', () => {
  const refusal = refuse({ code: 'kernel_types_unreadable', what: 'no types', advice: 'none' });
  const { native } = makeNative([]);
  const read = readKernelFeatures({ ...native, openKernelTypes: () => refusal });
  assert.equal(read, refusal);
});

test('functions are found under whichever name this kernel has, with their parameters', () => {
  const known = ['do_filp_open', 'filename_unlinkat', '__ia32_sys_chmod', 'do_fchmodat'];
  const read = readKernelFeatures(makeNative(known, 2).native);
  assert.ok(read.ok);
  assert.deepEqual(
    [...read.value.functions],
    [
      // An open has three parameters: this one is not what our programs are written for.
      ['unlink', { name: 'filename_unlinkat', parameterCount: 2 }],
    ],
  );
  assert.deepEqual(read.value.chmodSyscalls, ['__ia32_sys_chmod']);
  assert.equal(read.value.preemption, 'lazy');
});
