// SPDX-License-Identifier: Apache-2.0
// Rules as people write them, compiled and installed: the kernel drops what no rule can match by
// its name, its path or its flags, counts it as dropped, and never drops what a rule matches.

import { constants, readFileSync } from 'node:fs';
import type { KindCounters } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { directory, file, type KernelCase } from '../kernel-case.ts';
import { KernelProbe } from '../kernel-probe.ts';
import { runCase } from '../run-case.ts';
import { AT_FDCWD, type CallStep, call, expectError, expectRecord } from '../steps.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 4 * 1024 * 1024;
const EEXIST = 17;
const O_PATH = 0o10000000;
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_RDWR } = constants;

const policy = `
rules:
  - id: written
    expression: open.file.name == "watched" && open.flags & (O_WRONLY|O_RDWR) > 0
  - id: created
    expression: open.flags & O_CREAT > 0 && open.file.path =~ "**/drop/*" && open.file.name == "x"
  - id: root
    expression: open.file.path == "/" && open.flags & O_PATH > 0
  - id: removed
    expression: unlink.file.name in ["watched", "other"]
  - id: replaced
    expression: rename.file.destination.name == "watched"
  - id: opened_up
    expression: chmod.file.name == "watched" && chmod.file.destination.mode & S_IWOTH > 0
`;

/** Machines have their root on a filesystem of their host. */
const rootFilesystem = readRootFilesystem();

function readRootFilesystem(): string {
  const mounts = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  const root = mounts.findLast((line) => line.split(' ')[4] === '/');
  return root?.split(' - ')[1]?.split(' ')[0] ?? '';
}

function seen(step: CallStep, path: string, created = false): CallStep {
  return expectRecord(step, { file: { path }, created });
}

/** What no rule can match carries no expected record: one that comes fails the case. */
const filterCase: KernelCase = {
  name: 'compiled filters',
  files: { watched: file(), other: file(), third: file(), fourth: file(), drop: directory() },
  steps: [
    call('open', 'watched', O_RDONLY),
    seen(call('open', 'watched', O_WRONLY), 'watched'),
    seen(call('openat', AT_FDCWD, './watched', O_RDWR), 'watched'),
    call('open', 'other', O_WRONLY),
    call('open', 'y', O_CREAT | O_WRONLY, 0o600),
    call('open', 'x', O_CREAT | O_RDONLY, 0o600),
    seen(call('open', 'drop/x', O_CREAT | O_RDONLY, 0o600), 'drop/x', true),
    call('open', 'drop/x', O_RDONLY),
    call('open', '/', O_RDONLY),
    expectRecord(call('open', '/', O_PATH), { file: { path: '/', filesystem: rootFilesystem } }),
    // Not a refusal, so no rule that does not ask for it wants it.
    expectError(call('open', 'x', O_CREAT | O_EXCL, 0o600), EEXIST),
    call('unlink', 'y'),
    call('chmod', 'third', 0o644),
    seen(call('chmod', 'watched', 0o666), 'watched'),
    expectRecord(call('rename', 'third', 'watched'), {
      file: { path: 'third' },
      destination: { path: 'watched' },
    }),
    call('rename', 'fourth', 'third'),
    seen(call('unlink', 'watched'), 'watched'),
    call('unlink', 'third'),
    seen(call('unlink', 'other'), 'other'),
  ],
};

/** Of the steps above, by operation. */
const droppedCounts = { open: 6, unlink: 2, rename: 1, chmod: 1 } as const;

function countDropped({ approver_dropped, discarder_dropped }: KindCounters): number {
  return approver_dropped + discarder_dropped;
}

function checkFilter(kit: CheckKit): readonly string[] {
  const compiled = compilePolicies([{ path: 'kernel-test.policy', text: policy }]);
  const errors = compiled.diagnostics.map(({ message }) => message);
  if (errors.length > 0) return errors;
  const probe = new KernelProbe(kit.kernel, compiled.filter, ringBytes);
  try {
    const before = probe.readCounters().kinds;
    const { playground, operations, series } = kit;
    const place = { directory: playground.makeDirectory('ext4'), filesystem: 'ext4' } as const;
    const problems = [
      ...runCase({ probes: [probe], playground, operations, series }, filterCase, place),
    ];
    const after = probe.readCounters().kinds;
    for (const kind of ['open', 'unlink', 'rename', 'chmod'] as const) {
      const dropped = countDropped(after[kind]) - countDropped(before[kind]);
      const expected = droppedCounts[kind];
      const isRight = kit.isOwnMachine ? dropped === expected : dropped >= expected;
      if (!isRight) problems.push(`${kind}: ${dropped} dropped, expected ${expected}`);
    }
    return problems;
  } finally {
    probe.close();
  }
}

export const compiledFilterChecks: readonly KernelCheck[] = [
  {
    name: 'compiled filters drop in the kernel what no rule can match, and nothing else',
    tracepointNeeds: ['ext4_tracepoints'],
    run: checkFilter,
  },
];
