// SPDX-License-Identifier: Apache-2.0
// What the addon says about the running kernel. Kernels differ, so these tests hold the answers to
// what every supported kernel has (raw tracepoints) and to names that none has.

import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir, version } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadNative } from './native.ts';
import { expectOk } from './testing/numbered.ts';

const native = loadNative();
const kernelTypesFile = '/sys/kernel/btf/vmlinux';

test('loadNative says what to do when there is no addon', () => {
  assert.throws(() => loadNative('/nonexistent/fimbul_probe.node'), {
    name: 'ProbeError',
    code: 'addon_missing',
    message: /\/nonexistent\/fimbul_probe.node: no such file; run "npm run setup" to build it/,
  });
});

test('loadNative says what to do when the addon does not load', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-addon-'));
  const path = join(directory, 'broken.node');
  writeFileSync(path, 'not a library');
  assert.throws(() => loadNative(path), { code: 'addon_missing', message: /broken.node: .*; run/ });
  rmSync(directory, { recursive: true });
});

test('clocks reads the clocks of the kernel together', () => {
  const before = process.hrtime.bigint();
  const wallBefore = BigInt(Date.now()) * 1_000_000n;
  const { boottimeNs, realtimeNs, monotonicNs } = native.clocks();
  const wallAfter = BigInt(Date.now() + 1) * 1_000_000n;
  const after = process.hrtime.bigint();
  assert.ok(before <= monotonicNs && monotonicNs <= after);
  assert.ok(wallBefore <= realtimeNs && realtimeNs <= wallAfter);
  // Time since boot counts suspension too. The readings are some nanoseconds apart.
  assert.ok(boottimeNs + 1_000_000n >= monotonicNs);
});

test('possibleCpus covers the processors that run', () => {
  assert.ok(native.possibleCpus() >= availableParallelism());
});

test('tryProgram sees a raw tracepoint load, attach and run', () => {
  assert.deepEqual(native.tryProgram('raw_tp', 'sys_enter'), { outcome: 'attached', ran: true });
});

test('tryProgram tells which step the kernel refused', () => {
  assert.deepEqual(native.tryProgram('raw_tp', 'no_such_tracepoint'), {
    outcome: 'attach_refused',
    errno: 2,
    errnoName: 'ENOENT',
  });
  assert.deepEqual(native.tryProgram('tp_btf', 'no_such_tracepoint'), {
    outcome: 'load_refused',
    errno: 2,
    errnoName: 'ENOENT',
  });
});

function listKernelHandles(): readonly string[] {
  return readdirSync('/proc/self/fd', { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => readlinkOrNothing(join(entry.parentPath, entry.name)))
    .filter((target) => /^anon_inode:(?:bpf|\[perf)/.test(target));
}

// The descriptor that lists the directory is gone when its turn comes.
function readlinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

test('tryProgram has an answer for every kind and leaves nothing behind', () => {
  const before = listKernelHandles();
  const targets = {
    lsm: 'file_open',
    fentry: 'security_file_open',
    fexit: 'security_file_open',
    kprobe: 'security_file_open',
    kretprobe: 'security_file_open',
    'kprobe.multi': 'security_file_open',
    tp_btf: 'sys_enter',
    raw_tp: 'sys_enter',
    tracepoint: 'syscalls/sys_enter_openat',
  } as const;
  for (const kind of Object.keys(targets) as (keyof typeof targets)[]) {
    const trial = native.tryProgram(kind, targets[kind]);
    if (trial.outcome === 'attached') assert.notEqual(trial.ran, null, kind);
    else assert.ok(trial.errno > 0 && /^[A-Z]/.test(trial.errnoName), kind);
    const missing = native.tryProgram(kind, 'no_such/target');
    assert.notEqual(missing.outcome, 'attached', kind);
  }
  assert.deepEqual(listKernelHandles(), before);
});

test('helperSupported knows a helper without, one with arguments, and none', () => {
  const ktimeGetNs = 5;
  const mapLookup = 1;
  assert.equal(native.helperSupported('raw_tp', 'sys_enter', ktimeGetNs), true);
  assert.equal(native.helperSupported('raw_tp', 'sys_enter', mapLookup), true);
  assert.equal(native.helperSupported('raw_tp', 'sys_enter', 9999), false);
});

test('helperSupported knows a helper that only some targets of a kind may call', () => {
  const dPath = 147;
  assert.equal(native.helperSupported('tp_btf', 'sys_enter', dPath), false);
});

test('helperSupported does not guess when the program cannot be loaded', () => {
  assert.equal(native.helperSupported('tp_btf', 'no_such_tracepoint', 5), null);
});

test('openKernelTypes finds functions and tracepoints of the running kernel', () => {
  const types = expectOk(native.openKernelTypes());
  assert.equal(types.findFunction('vfs_unlink'), 'vmlinux');
  assert.equal(types.findFunction('no_such_function'), null);
  assert.equal(types.findTracepoint('sys_enter'), 'vmlinux');
  assert.equal(types.findTracepoint('no_such_tracepoint'), null);
  types.close();
  types.close();
  assert.throws(() => types.findFunction('vfs_unlink'), { code: 'closed' });
});

test('countParameters tells what the kernel itself was built with', () => {
  const types = expectOk(native.openKernelTypes());
  assert.equal(types.countParameters('security_path_unlink'), 2);
  // KERNEL 5.12 has one more: the user namespace, later the mapping of the mount's ids.
  assert.ok([3, 4].includes(types.countParameters('vfs_unlink') ?? 0));
  assert.equal(types.countParameters('no_such_function'), null);
  types.close();
  assert.throws(() => types.countParameters('vfs_unlink'), { code: 'closed' });
});

test('readPreemption is certain where the kernel tells, and says so where not', () => {
  const preemption = native.readPreemption();
  if (!version().includes('PREEMPT')) assert.equal(preemption, 'voluntary');
  else if (!version().includes('PREEMPT_DYNAMIC')) assert.equal(preemption, 'preemptible');
  else {
    // KERNEL: names of variables are left out by kernels without CONFIG_KALLSYMS_ALL.
    const symbols = readFileSync('/proc/kallsyms', 'latin1');
    assert.equal(preemption === 'unknown', !/ preempt_dynamic_mode\n/.test(symbols));
  }
});

test('openKernelTypes says what it could not read', () => {
  const result = native.openKernelTypes('/nonexistent');
  assert.ok(!result.ok);
  assert.equal(result.error.code, 'kernel_types_unreadable');
  assert.match(result.error.message, /read the kernel's types in \/nonexistent: ENOENT; /);
});

/** The smallest module types: one typedef of the kernel's first type. */
function makeModuleTypes(typedefName: string): Uint8Array {
  const headerBytes = 24;
  const typeBytes = 12;
  const kernel = readFileSync(kernelTypesFile);
  const strings = Buffer.from(`${typedefName}\0`, 'latin1');
  const module = Buffer.alloc(headerBytes + typeBytes);
  module.writeUInt16LE(0xeb9f, 0);
  module.writeUInt8(1, 2);
  module.writeUInt32LE(headerBytes, 4);
  module.writeUInt32LE(typeBytes, 12);
  module.writeUInt32LE(typeBytes, 16);
  module.writeUInt32LE(strings.length, 20);
  // A module's strings are counted on from the end of the kernel's.
  module.writeUInt32LE(kernel.readUInt32LE(20), headerBytes);
  module.writeUInt32LE(8 << 24, headerBytes + 4);
  module.writeUInt32LE(1, headerBytes + 8);
  return Buffer.concat([module, strings]);
}

test('openKernelTypes looks into modules and passes over what is not readable', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-types-'));
  symlinkSync(kernelTypesFile, join(directory, 'vmlinux'));
  writeFileSync(join(directory, 'broken'), 'not types');
  writeFileSync(join(directory, 'frost'), makeModuleTypes('btf_trace_frost_begin'));
  const types = expectOk(native.openKernelTypes(directory));
  assert.equal(types.findTracepoint('frost_begin'), 'frost');
  assert.equal(types.findTracepoint('sys_enter'), 'vmlinux');
  assert.equal(types.findFunction('btf_trace_frost_begin'), null);
  types.close();
  rmSync(directory, { recursive: true });
});

test('waitForPrograms knows a way on this kernel, and more than one may wait', async () => {
  const waits = [native.waitForPrograms(), native.waitForPrograms()];
  for (const waited of await Promise.all(waits)) {
    assert.deepEqual(waited, { ok: true, value: undefined });
  }
});
