// SPDX-License-Identifier: Apache-2.0
// Directories that the filter has learned, and what may happen to them: they and all above them are
// moved, exchanged, mounted over, removed and made again, and looked at from other namespaces and
// roots. Files are touched often before and after; two probes watch, and what the one that sees
// everything tells of a path is what the other one must have decided by.

import { mkdirSync, realpathSync } from 'node:fs';
import { basename } from 'node:path/posix';
import { passEverything } from '@fimbul/probe';
import { compilePolicies, filterEvent, splitPath } from '@fimbul/rules';
import type { KernelFilter } from '@fimbul/schema';
import { KernelProbe } from '../kernel-probe.ts';
import type { ObservedRecord } from '../observed-record.ts';
import { listPids, perform } from '../run-case.ts';
import {
  type Argument,
  AT_FDCWD,
  attempt,
  call,
  fork,
  keep,
  kept,
  RENAME_EXCHANGE,
  type Step,
} from '../steps.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 4 * 1024 * 1024;
const firstDescriptor = 3;
const CLONE_NEWNS = 0x20000;
const MS_BIND = 4096;
const MS_REC = 16384;
const MS_PRIVATE = 1 << 18;
const MNT_DETACH = 2;
const O_CREAT = 0o100;
const namespaceSlot = 0;

/** Watches what is a few directories below one of this name in any directory of the base. */
function makeFilter(base: string, watched: string, others: readonly string[]): KernelFilter {
  const patterns = ['*', '*/*', '*/*/*/*'].map((below) => `~"${base}/*/${watched}/${below}"`);
  const paths = [...patterns, ...others.map((path) => `"${path}"`)];
  const expression = `open.file.path in [${paths.join(', ')}]`;
  const text = JSON.stringify({ rules: [{ id: 'watched', expression }] });
  return compilePolicies([{ path: 'p', text }]).filter;
}

const make = (...directories: readonly string[]): Step[] =>
  directories.map((path) => attempt(call('mkdir', path, 0o755)));

const open = (path: string, flags = 0): Step[] => [
  attempt(call('openat', AT_FDCWD, path, flags, 0o600)),
  attempt(call('close', firstDescriptor)),
];

const create = (...paths: readonly string[]): Step[] =>
  paths.flatMap((path) => open(path, O_CREAT));

/** Often enough for a directory to be learned, and then to be known. */
const touch = (...paths: readonly string[]): Step[] =>
  paths.flatMap((path) => [...open(path), ...open(path), ...open(path)]);

const move = (from: string, to: string): Step => attempt(call('rename', from, to));
const mount = (from: string, to: string, type: string | null, flags: number): Step =>
  attempt(call('mount', from, to, type, flags, null));
const unmount = (path: string): Step => attempt(call('umount2', path, MNT_DETACH));
const own = (name: string, ...args: readonly Argument[]): Step => attempt(call(name, ...args));

/** A namespace of its own, whose mounts nobody else sees. */
const leaveNamespace: readonly Step[] = [
  own('unshare', CLONE_NEWNS),
  mount('none', '/', null, MS_REC | MS_PRIVATE),
];

const tree: readonly Step[] = [
  ...make('w', 'w/d', 'w/m', 'u', 'u/d', 'u/e', 'u/m', 'v', 'v/1', 'v/1/2', 'v/1/2/3', 'n'),
  ...create('w/f', 'w/d/f', 'w/m/f', 'u/f', 'u/d/f', 'u/e/f', 'u/m/f', 'v/1/2/3/f'),
];

const changes: Readonly<Record<string, readonly Step[]>> = {
  'the root directory is opened': [
    ...touch('/', 'w/f', '/', '/..', 'u/f'),
    fork(...leaveNamespace, ...touch('/'), mount('w', 'w', null, MS_BIND), ...touch('/', 'w')),
  ],
  'a file moves': [
    ...touch('u/e/f', 'w/d/f'),
    move('u/e/f', 'w/d/g'),
    ...touch('w/d/g'),
    move('w/d/g', 'u/e/f'),
    ...touch('u/e/f'),
  ],
  'a directory moves': [
    ...touch('u/d/f'),
    move('u/d', 'w/moved'),
    ...touch('w/moved/f'),
    move('w/moved', 'u/d'),
    ...touch('u/d/f'),
  ],
  'a directory far above moves': [
    ...touch('v/1/2/3/f'),
    move('w', 'aside'),
    move('v', 'w'),
    ...touch('w/1/2/3/f', 'aside/d/f'),
    move('w', 'v'),
    move('aside', 'w'),
    ...touch('v/1/2/3/f', 'w/d/f'),
  ],
  'directories are exchanged': [
    ...touch('w/d/f', 'u/d/f'),
    own('renameat2', AT_FDCWD, 'w', AT_FDCWD, 'u', RENAME_EXCHANGE),
    ...touch('w/d/f', 'u/d/f', 'u/m/f'),
    own('renameat2', AT_FDCWD, 'w/d', AT_FDCWD, 'u/d', RENAME_EXCHANGE),
    ...touch('w/d/f', 'u/d/f'),
    own('renameat2', AT_FDCWD, 'w', AT_FDCWD, 'u', RENAME_EXCHANGE),
    ...touch('w/d/f', 'u/d/f'),
  ],
  'directories are mounted elsewhere': [
    ...touch('w/d/f', 'u/m/f', 'u/d/f', 'w/m/f'),
    mount('w/d', 'u/m', null, MS_BIND),
    mount('u/d', 'w/m', null, MS_BIND),
    ...touch('w/d/f', 'u/m/f', 'u/d/f', 'w/m/f'),
    unmount('u/m'),
    unmount('w/m'),
    ...touch('w/d/f', 'u/m/f', 'u/d/f', 'w/m/f'),
  ],
  'a filesystem is mounted over': [
    ...touch('w/d/f', 'u/d/f'),
    mount('none', 'w', 'tmpfs', 0),
    ...make('w/d'),
    ...create('w/d/f'),
    ...touch('w/d/f'),
    mount('w', 'u', null, MS_BIND),
    ...touch('u/d/f', 'w/d/f'),
    unmount('u'),
    unmount('w'),
    ...touch('w/d/f', 'u/d/f'),
  ],
  'directories are removed and made again': Array.from({ length: 20 }, (_, turn) => {
    const place = turn % 2 === 0 ? 'u/again' : 'w/again';
    return [
      ...make(place),
      ...create(`${place}/f`),
      ...touch(`${place}/f`),
      own('unlink', `${place}/f`),
      own('rmdir', place),
    ];
  }).flat(),
  'namespaces see other mounts': [
    ...touch('w/m/f', 'u/m/f', 'u/d/f'),
    fork(
      ...leaveNamespace,
      ...touch('w/m/f'),
      mount('u/d', 'w/m', null, MS_BIND),
      mount('w/d', 'u/m', null, MS_BIND),
      ...touch('w/m/f', 'u/m/f'),
    ),
    ...touch('w/m/f', 'u/m/f'),
  ],
  'a process goes to another namespace and back': [
    fork(
      keep(namespaceSlot, attempt(call('openat', AT_FDCWD, '/proc/self/ns/mnt', 0, 0))),
      own('unshare', CLONE_NEWNS),
      mount('none', '/', null, MS_REC | MS_PRIVATE),
      mount('u/d', 'w/m', null, MS_BIND),
      ...touch('w/m/f'),
      own('setns', kept(namespaceSlot), CLONE_NEWNS),
      ...touch('w/m/f', 'u/d/f'),
    ),
  ],
  'the root of the namespace changes': [
    fork(
      ...leaveNamespace,
      mount('none', 'n', 'tmpfs', 0),
      ...make('n/w', 'n/u', 'n/old'),
      ...create('n/w/f', 'n/u/f'),
      ...touch('n/w/f', 'n/u/f'),
      own('chdir', 'n'),
      own('pivot_root', '.', 'old'),
      ...touch('w/f', 'u/f', '/w/f', '/u/f', '/', '/old'),
    ),
  ],
  'a process has another root': [
    fork(own('chroot', 'w'), own('chdir', '/'), ...touch('d/f', '/d/f', '/')),
    fork(own('chroot', 'u'), own('chdir', '/'), ...touch('d/f', '/d/f', '/')),
    ...touch('w/d/f', 'u/d/f'),
  ],
};

type Opened = Extract<ObservedRecord, { readonly kind: 'open' }>;
type Told = { readonly text: string; readonly lanes: bigint };

function isOpened(record: ObservedRecord): record is Opened {
  return record.kind === 'open';
}

function describe({ file, retval }: Opened, lanes: bigint): Told {
  return { text: `${file.path} (${Math.min(retval, 0)})`, lanes };
}

/** What the model says of what the record tells. */
function predict(filter: KernelFilter, record: Opened): Told | null {
  const { path, pathSource } = record.file;
  const isKnown = pathSource === 'kernel';
  const lanes = filterEvent(filter, 'open', {
    sourceName: isKnown ? basename(path) : null,
    sourcePath: isKnown ? splitPath(path) : null,
    ...{ destinationName: null, destinationPath: null },
    values: {},
    result: BigInt(record.retval),
  });
  return lanes === 0n ? null : describe(record, lanes);
}

function findDifference(expected: readonly Told[], told: readonly Told[]): string | null {
  for (let index = 0; index < Math.max(expected.length, told.length); index += 1) {
    const [model, kernel] = [expected[index], told[index]];
    if (model?.text === kernel?.text && model?.lanes === kernel?.lanes) continue;
    return (
      `event ${index}: the model lets ${model?.text ?? 'none'} pass with ${model?.lanes}, ` +
      `the kernel ${kernel?.text ?? 'none'} with ${kernel?.lanes}`
    );
  }
  return null;
}

type Probes = {
  readonly kit: CheckKit;
  readonly whole: KernelProbe;
  readonly filtered: KernelProbe;
};

function tryChange(
  { kit, whole, filtered }: Probes,
  filter: KernelFilter,
  directory: string,
  steps: readonly Step[],
): string | null {
  mkdirSync(directory);
  const performance = perform(kit.operations, [...tree, ...steps], directory);
  if (performance.problems.length > 0) return performance.problems.join('\n');
  const pids = listPids(performance);
  const all = whole.take((pid) => pids.has(pid)).filter(isOpened);
  const some = filtered.take((pid) => pids.has(pid)).filter(isOpened);
  const expected = all.flatMap((record) => predict(filter, record) ?? []);
  if (expected.length === 0 || expected.length === all.length) return 'nothing was told apart';
  return findDifference(
    expected,
    some.map((record) => describe(record, record.lanes)),
  );
}

/** `turn`: a name for where it is done. */
function tryAll(
  probes: Probes,
  filter: KernelFilter,
  base: string,
  turn: string,
): readonly string[] {
  return Object.entries(changes).flatMap(([name, steps], index) => {
    const difference = tryChange(probes, filter, `${base}/${turn}${index}`, steps);
    return difference === null ? [] : [`${name}: ${difference}`];
  });
}

async function checkDirectories(kit: CheckKit): Promise<readonly string[]> {
  const base = realpathSync(kit.playground.makeDirectory('ext4'));
  const first = makeFilter(base, 'w', []);
  const second = makeFilter(base, 'u', ['/']);
  const whole = new KernelProbe(kit.kernel, passEverything('all'), ringBytes);
  try {
    const filtered = new KernelProbe(kit.kernel, first, ringBytes);
    try {
      const probes = { kit, whole, filtered };
      const problems = [...tryAll(probes, first, base, 'first')];
      // What was learned for other rules says nothing.
      filtered.replaceFilter(second);
      problems.push(
        ...tryAll(probes, second, base, 'second').map((text) => `with other rules: ${text}`),
      );
      const { kinds } = filtered.readCounters();
      const { discarder_dropped: discarded, approver_dropped: approved } = kinds.open;
      console.log(`note                opens dropped: ${discarded} learned, ${approved} not`);
      if (discarded === 0) problems.push('no directory was learned');
      return problems;
    } finally {
      filtered.close();
    }
  } finally {
    whole.close();
  }
}

export const filterDirectoryChecks: readonly KernelCheck[] = [
  { name: 'the filter forgets of directories what is not true any more', run: checkDirectories },
];
