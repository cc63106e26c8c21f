// SPDX-License-Identifier: Apache-2.0
// The command line of a machine.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildKernelParameters, buildQemuCommand, type MachineSpec } from './qemu-command.ts';

const spec: MachineSpec = {
  kernel: '/cache/kernel',
  initramfs: '/cache/initramfs',
  lsmDefault: 'landlock,lockdown,apparmor,bpf,ipe',
  bpfLsm: true,
  append: '',
  memory: '2G',
  instructionClock: false,
  disk: '/run/a,b/disk',
  session: '/run/a,b/session',
  results: '/results',
};

function getLsm(parameters: string): string | undefined {
  return /(?:^| )lsm=(\S*)/.exec(parameters)?.[1];
}

test('buildKernelParameters keeps the security modules and adds or removes bpf', () => {
  assert.equal(getLsm(buildKernelParameters(spec)), 'landlock,lockdown,apparmor,ipe,bpf');
  const without = buildKernelParameters({ ...spec, bpfLsm: false });
  assert.equal(getLsm(without), 'landlock,lockdown,apparmor,ipe');
  assert.equal(getLsm(buildKernelParameters({ ...spec, lsmDefault: '' })), 'bpf');
});

test('buildKernelParameters puts what was asked for last, so that it wins', () => {
  const parameters = buildKernelParameters({ ...spec, append: 'preempt=full lsm=yama' });
  assert.ok(parameters.endsWith(' preempt=full lsm=yama'));
});

test('buildQemuCommand shares the host for reading only and doubles commas', () => {
  const [program, args] = buildQemuCommand(spec);
  assert.equal(program, 'setpriv');
  const shares = args.filter((_, index) => args[index - 1] === '-virtfs');
  assert.deepEqual(shares, [
    'local,path=/,mount_tag=host,security_model=none,multidevs=remap,readonly=on',
    'local,path=/run/a,,b/session,mount_tag=session,security_model=none,multidevs=remap',
    'local,path=/results,mount_tag=results,security_model=none,multidevs=remap',
  ]);
  const [drive] = args.filter((_, index) => args[index - 1] === '-drive');
  assert.match(drive ?? '', /^file=\/run\/a,,b\/disk,/);
});

test('buildQemuCommand has the clock count instructions only when asked', () => {
  const [, args] = buildQemuCommand(spec);
  assert.ok(!args.includes('-icount'));
  const [, counting] = buildQemuCommand({ ...spec, instructionClock: true });
  assert.equal(counting[counting.indexOf('-icount') + 1], 'shift=0,sleep=off');
});

test('buildQemuCommand connects every port to its descriptor', () => {
  const [, args] = buildQemuCommand(spec);
  const text = args.join(' ');
  for (const [name, fd] of [
    ['out', 3],
    ['error', 4],
    ['status', 5],
  ]) {
    const chardev = `-chardev socket,id=${name},fd=${fd}`;
    const port = `-device virtserialport,chardev=${name},name=fimbul.${name}`;
    assert.ok(text.includes(`${chardev} ${port}`), text);
  }
});
