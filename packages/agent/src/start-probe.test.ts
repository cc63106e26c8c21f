// SPDX-License-Identifier: Apache-2.0
// Refusals of the kernel become failures in words, before anything is loaded.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '@fimbul/config';
import { type Native, ProbeError, type ProgramTrial } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import type { AgentOptions } from './options.ts';
import { startProbeOrFail } from './start-probe.ts';

const options: AgentOptions = {
  policies: [],
  control: { socketPath: null, metrics: null },
  backend: 'auto',
  actions: {
    kill: false,
    killRefusal: null,
    killDisarmer: { containers: 1, executables: 1, periodMs: 1 },
  },
  ringBytes: 2 ** 20,
  output: 'json',
  color: false,
  durationMs: null,
};

function refuse(native: Partial<Native>, changes: Partial<AgentOptions> = {}): Failure {
  try {
    // Whatever else it asked of the kernel would fail the test.
    startProbeOrFail(native as Native, { ...options, ...changes }, compilePolicies([]));
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error;
  }
  assert.fail('the probe was started');
}

const refused: ProgramTrial = { outcome: 'load_refused', errno: 1, errnoName: 'EPERM' };
const types = {
  findFunction: () => null,
  findTracepoint: () => null,
  countParameters: () => null,
  close: () => undefined,
};

test('a kernel without readable types is refused with what to do', () => {
  const error = new ProbeError({
    code: 'kernel_types_unreadable',
    what: 'read the types',
    advice: 'mount sysfs',
  });
  const failure = refuse({ openKernelTypes: () => ({ ok: false, error }) });
  assert.equal(failure.message, 'read the types');
  assert.equal(failure.advice, 'mount sysfs');
  assert.equal(failure.exitCode, 1);
});

test('a kernel on which no backend works is refused with its answers', () => {
  const native: Partial<Native> = {
    openKernelTypes: () => ({ ok: true, value: types as never }),
    tryProgram: () => refused,
    readPreemption: () => 'none',
  };
  const failure = refuse(native);
  assert.match(failure.message, /^no hook backend works on this kernel .+ \(EPERM\)/);
  assert.match(failure.advice, /fimbul doctor/);
  assert.match(refuse(native, { backend: 'lsm' }).advice, /leave out --backend/);
});
