// SPDX-License-Identifier: Apache-2.0
// Generated work in a small tree of directories: files are made, opened, changed, moved, linked and
// removed; directories are moved and exchanged, and mounted over and elsewhere while that goes on.
// Whatever fails, fails: what counts is that two watchers are told of the same calls.

import fc from 'fast-check';
import { AT_FDCWD, AT_REMOVEDIR, attempt, call, RENAME_EXCHANGE, type Step } from '../steps.ts';

const MS_BIND = 4096;
const MNT_DETACH = 2;
const firstDescriptor = 3;

/**
 * Components near to one another and to what rules name, at the length that the kernel compares,
 * beyond it, and not UTF-8.
 */
export const components: readonly string[] = [
  ...['a', 'b', 'ab', 'abc', 'etc', 'etc2', 'log', 'lib', 'x.so', 'lib.so', 'libx.so.1', '.so'],
  ...['\xff\xfe', ' ', 'x'.repeat(59), 'x'.repeat(60), `${'x'.repeat(59)}y`],
];

const arbitraryComponent = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...components.slice(0, 12)) },
  { weight: 1, arbitrary: fc.constantFrom(...components.slice(12)) },
);

/** A path below the directory that the work is done in. */
const arbitraryPath = fc
  .array(arbitraryComponent, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));

const arbitraryFlags = fc
  .subarray([0o1, 0o2, 0o100, 0o200, 0o1000, 0o2000, 0o4000, 0o200000, 0o400000])
  .map((flags) => flags.reduce((sum, flag) => sum | flag, 0));

const opened = (path: string, flags: number, mode = 0o600): Step[] => [
  attempt(call('openat', AT_FDCWD, path, flags, mode)),
  attempt(call('close', firstDescriptor)),
];

const arbitraryMode = fc.constantFrom(0o600, 0o644, 0o755, 0o4755, 0o666, 0o2770);
const arbitraryId = fc.constantFrom(0, 999, 1000);
const unchanged = -1;

const write = 0o101;

const arbitrarySteps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryFlags, arbitraryMode)
      .map(([path, flags, mode]) => opened(path, flags, mode)),
  },
  { weight: 6, arbitrary: arbitraryPath.map((path) => opened(path, write)) },
  {
    weight: 6,
    arbitrary: arbitraryPath.map((path) => [attempt(call('mkdir', path, 0o755))]),
  },
  { weight: 3, arbitrary: arbitraryPath.map((path) => [attempt(call('unlink', path))]) },
  {
    weight: 1,
    arbitrary: arbitraryPath.map((path) => [
      attempt(call('unlinkat', AT_FDCWD, path, AT_REMOVEDIR)),
    ]),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryPath)
      .map(([from, to]) => [attempt(call('rename', from, to))]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryPath)
      .map(([from, to]) => [
        attempt(call('renameat2', AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE)),
      ]),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryMode)
      .map(([path, mode]) => [attempt(call('chmod', path, mode))]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryId, arbitraryId)
      .map(([path, uid, gid]) => [attempt(call('chown', path, uid, gid))]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryMode, arbitraryId)
      .map(([path, mode, id]) => [
        attempt(call('setresuid', unchanged, id, unchanged)),
        ...opened(path, write, mode),
        attempt(call('chmod', path, mode)),
        attempt(call('unlink', path)),
        attempt(call('setresuid', unchanged, 0, unchanged)),
      ]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryPath)
      .map(([from, to]) => [attempt(call('link', from, to))]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryComponent, arbitraryPath)
      .map(([to, path]) => [attempt(call('symlink', to, path))]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryPath, arbitraryPath)
      .map(([from, to]) => [attempt(call('mount', from, to, null, MS_BIND, null))]),
  },
  {
    weight: 1,
    arbitrary: arbitraryPath.map((path) => [attempt(call('umount2', path, MNT_DETACH))]),
  },
);

/** Directories that all work begins with, so that most paths lead somewhere. */
const beginnings: readonly Step[] = ['etc', 'a', 'a/b', 'lib', 'etc/log', 'ab'].map((path) =>
  attempt(call('mkdir', path, 0o755)),
);

export function arbitraryWork(size: number): fc.Arbitrary<readonly Step[]> {
  return fc
    .array(arbitrarySteps, { minLength: size, maxLength: size, size: 'max' })
    .map((parts) => [...beginnings, ...parts.flat()]);
}
