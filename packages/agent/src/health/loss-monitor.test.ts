// SPDX-License-Identifier: Apache-2.0
// What was lost between two looks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attachment } from '@fimbul/probe';
import { recordKinds } from '@fimbul/schema';
import { makeCounters } from './counter-samples.ts';
import { LossMonitor } from './loss-monitor.ts';

test('nothing lost is nothing found', () => {
  const monitor = new LossMonitor(0n, []);
  const counters = makeCounters({ open: { seen: 5, sent: 3, approver_dropped: 2 } });
  assert.deepEqual(monitor.look(counters, 0, 10n), []);
});

test('the first look finds what was lost since counting began', () => {
  const monitor = new LossMonitor(100n, []);
  assert.deepEqual(monitor.look(makeCounters({ open: { lost_ring_full: 3 } }), 0, 250n), [
    { operation: 'open', reason: 'ring_full', count: 3, sinceNs: 100n, untilNs: 250n },
  ]);
});

test('later looks find what was added since the one before', () => {
  const monitor = new LossMonitor(0n, []);
  monitor.look(makeCounters({ open: { lost_ring_full: 3 } }), 0, 10n);
  assert.deepEqual(monitor.look(makeCounters({ open: { lost_ring_full: 3 } }), 0, 20n), []);
  assert.deepEqual(monitor.look(makeCounters({ open: { lost_ring_full: 8 } }), 0, 30n), [
    { operation: 'open', reason: 'ring_full', count: 5, sinceNs: 20n, untilNs: 30n },
  ]);
});

test('every kind and every reason is told for itself', () => {
  const counters = makeCounters(
    Object.fromEntries(
      recordKinds.map((kind, index) => [
        kind,
        { lost_ring_full: index + 1, lost_no_scratch: index + 100 },
      ]),
    ),
  );
  assert.deepEqual(
    new LossMonitor(0n, [])
      .look(counters, 0, 1n)
      .map(({ operation, reason, count }) => `${operation} ${reason} ${count}`),
    recordKinds.flatMap((kind, index) => [
      `${kind} ring_full ${index + 1}`,
      `${kind} no_scratch ${index + 100}`,
    ]),
  );
});

test('records that could not be decoded are lost', () => {
  const monitor = new LossMonitor(0n, []);
  monitor.look(makeCounters(), 2, 10n);
  const [found, ...others] = monitor.look(makeCounters(), 3, 20n);
  assert.deepEqual(others, []);
  assert.equal(`${found?.operation} ${found?.reason} ${found?.count}`, 'any undecodable 1');
});

function attach(name: string, operation: Attachment['operation'], losesEvents = true): Attachment {
  return { name, target: null, operation, required: true, losesEvents };
}

test('runs that were skipped lose events where the program tells of them', () => {
  const programs = [
    attach('sys_exit', 'open'),
    attach('sched_process_exec', 'exec'),
    attach('ctime_ns_xchg', 'unlink', false),
    attach('kretprobe_rename', 'rename'),
    attach('lsm_rename_check', 'rename', false),
  ];
  const skippedRuns = Object.fromEntries(programs.map(({ name }, index) => [name, index + 1]));
  assert.deepEqual(
    new LossMonitor(0n, programs)
      .look(makeCounters({}, { skippedRuns }), 0, 1n)
      .map(({ operation, reason, count }) => `${operation} ${reason} ${count}`),
    [
      'any skipped_sys_exit 1',
      'exec skipped_sched_process_exec 2',
      'rename skipped_kretprobe_rename 4',
    ],
  );
});

test('programs that read by probes are the same programs', () => {
  const programs = [
    attach('sys_exit_probed', 'open'),
    attach('sched_process_fork_probed', 'fork'),
    attach('ext4_unlink_enter_probed', 'unlink', false),
  ];
  const skippedRuns = Object.fromEntries(programs.map(({ name }, index) => [name, index + 1]));
  assert.deepEqual(
    new LossMonitor(0n, programs)
      .look(makeCounters({}, { skippedRuns }), 0, 1n)
      .map(({ reason, count }) => `${reason} ${count}`),
    ['skipped_sys_exit 1', 'skipped_sched_process_fork 2'],
  );
});

test('a program that is attached at several places is counted once', () => {
  const programs = [
    { ...attach('kretprobe_chmod_syscall', 'chmod'), target: '__x64_sys_chmod' },
    { ...attach('kretprobe_chmod_syscall', 'chmod'), target: '__x64_sys_fchmodat' },
  ];
  const counters = makeCounters({}, { skippedRuns: { kretprobe_chmod_syscall: 3 } });
  const found = new LossMonitor(0n, programs).look(counters, 0, 1n);
  assert.deepEqual(
    found.map(({ count }) => count),
    [3],
  );
});
