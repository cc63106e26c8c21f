// SPDX-License-Identifier: Apache-2.0
// The path of a control group comes once, before the first record that names the group, whatever
// bytes its name is made of.

import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { passEverything } from '@fimbul/probe';
import { KernelProbe } from '../kernel-probe.ts';
import { perform } from '../run-case.ts';
import { call, keep, kept } from '../steps.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 4 * 1024 * 1024;
const O_RDONLY = 0;
const O_WRONLY = 1;

function findHierarchy(): string {
  const unified = '/sys/fs/cgroup/unified';
  return existsSync(join(unified, 'cgroup.procs')) ? unified : '/sys/fs/cgroup';
}

/** Names by what is special about them; the kernel takes none with a line break. */
const names: Readonly<Record<string, string>> = {
  'a plain name': '',
  'escapes and quotes': '\x1b]0;t\x07\\x0a%0a"\'`$(:)`\t ',
  'bytes that are not UTF-8': '\xff\xc0\xaf\xed\xa0\x80\xfe',
  '255 bytes': 'n'.repeat(255),
};

/** Names are byte strings. */
function toPath(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1');
}

function checkName(kit: CheckKit, probe: KernelProbe, suffix: string): readonly string[] {
  const directory = kit.playground.makeDirectory('ext4');
  const name = `fimbul-test-${process.pid}${suffix}`.slice(0, 255);
  const group = join(findHierarchy(), name);
  mkdirSync(toPath(group));
  mkdirSync(toPath(join(group, 'inner')));
  try {
    probe.take(() => false);
    const procs = join(group, 'inner', 'cgroup.procs');
    const { pid, problems } = perform(
      kit.operations,
      [
        keep(1, call('open', procs, O_WRONLY)),
        // 0 is whoever writes it.
        call('write', kept(1), '0', 1),
        call('open', '.', O_RDONLY),
        call('open', '.', O_RDONLY),
      ],
      directory,
    );
    const records = probe.take((candidate) => candidate === pid);
    const inside = records.filter((r) => r.kind === 'open' && r.file.path === directory);
    const ids = new Set(inside.map(({ process: p }) => `${p.cgroupHierarchy} ${p.cgroupId}`));
    const path = `/${name}/inner`;
    const announced = records.filter((record) => record.kind === 'cgroup' && record.path === path);
    const [first] = announced;
    const found = [...problems];
    if (inside.length !== 2 || ids.size !== 1) found.push(`opens in ${ids.size} groups`);
    if (announced.length !== 1) found.push(`${path} was announced ${announced.length} times`);
    if (!first) return found;
    const { cgroupHierarchy, cgroupId } = first.process;
    if (!ids.has(`${cgroupHierarchy} ${cgroupId}`)) {
      found.push('the opens name another group than the one announced');
    }
    const before = records
      .slice(0, records.indexOf(first))
      .filter(({ process: p }) => p.cgroupId === cgroupId);
    if (before.length > 0) found.push(`${before.length} records name the group before its path`);
    return found;
  } finally {
    rmdirSync(toPath(join(group, 'inner')));
    rmdirSync(toPath(group));
  }
}

function checkAnnouncement(kit: CheckKit): readonly string[] {
  const probe = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
  try {
    return Object.entries(names).flatMap(([what, suffix]) =>
      checkName(kit, probe, suffix).map((problem) => `${what}: ${problem}`),
    );
  } finally {
    probe.close();
  }
}

export const controlGroupChecks: readonly KernelCheck[] = [
  {
    name: 'a control group is announced once, before the first record that names it',
    needs: ['cgroup2'],
    backends: ['kprobe'],
    run: checkAnnouncement,
  },
];
