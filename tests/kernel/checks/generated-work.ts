// SPDX-License-Identifier: Apache-2.0
// Generated work on files in directories, mounts among them, where a file's path is the one that it
// is spelled with.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { AT_FDCWD, attempt, type CallStep, call, type Step } from '../steps.ts';
import { directoryNames, fileNames } from './arbitrary-filter.ts';

const firstDescriptor = 3;
const closeOpened = attempt(call('close', firstDescriptor));

/** Where files are: the directory itself, directories in it, and mounts. */
export const bindPlace = 'bound';
export const tmpfsPlace = 'mounted';
/** A file that another one is mounted over. */
const boundFile = 'A/covered';
/** The path of the deepest file has as many components as the kernel looks at, or one more. */
const depths = [20, 53, 54, 55, 56, 57, 58, 59, 80];

export const ownPlaces: readonly string[] = [
  '',
  ...directoryNames,
  ...['A/B', 'A/etc', 'etc/A', `${'X'.repeat(60)}/A`, `AB/${'X'.repeat(255)}`, 'AB/.ssh'],
  ...depths.map((depth) => `AB/${'d/'.repeat(depth)}e`),
];
const mountedPlaces: readonly string[] = [bindPlace, `${bindPlace}/B`, tmpfsPlace];
const placesInMounts: readonly string[] = [`${tmpfsPlace}/A`, `${tmpfsPlace}/A/B`];

export type WorkStep = { readonly step: CallStep; readonly paths: readonly string[] };

function join(place: string, name: string): string {
  return place === '' ? name : `${place}/${name}`;
}

const arbitraryPlace = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 6, arbitrary: fc.constantFrom(...ownPlaces) },
  { weight: 3, arbitrary: fc.constantFrom(...mountedPlaces, ...placesInMounts) },
);
/** Few names in most places, so that most calls find a file. */
const arbitraryPath = fc
  .tuple(arbitraryPlace, fc.constantFrom(...fileNames))
  .map(([place, name]) => join(place, name));
const arbitraryOldPath = fc.oneof(
  { weight: 9, arbitrary: arbitraryPath },
  { weight: 1, arbitrary: fc.constant(boundFile) },
);

const arbitraryOpenFlags = fc
  .subarray([0o1, 0o2, 0o100, 0o200, 0o1000, 0o2000, 0o4000, 0o1000000, 0o2000000])
  .map((flags) => flags.reduce((sum, flag) => sum | flag, 0));

const arbitraryStep: fc.Arbitrary<WorkStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(arbitraryOldPath, arbitraryOpenFlags).map(([path, flags]) => ({
      step: call('openat', AT_FDCWD, path, flags, 0o600),
      paths: [path],
    })),
  },
  {
    weight: 3,
    arbitrary: arbitraryPath.map((path) => ({ step: call('creat', path, 0o600), paths: [path] })),
  },
  {
    weight: 2,
    arbitrary: arbitraryPath.map((path) => ({ step: call('unlink', path), paths: [path] })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(arbitraryPath, arbitraryPath).map((paths) => ({
      step: call('rename', ...paths),
      paths,
    })),
  },
  {
    weight: 3,
    arbitrary: arbitraryOldPath.map((path) => ({
      step: call('chmod', path, 0o640),
      paths: [path],
    })),
  },
);

/** Most of what is worked on is there at the beginning. */
export const arbitraryWork: fc.Arbitrary<readonly WorkStep[]> = fc.array(arbitraryStep, {
  minLength: 150,
  maxLength: 200,
  size: 'max',
});

/** Descriptors are closed as they come, so that there is always one free. */
export function listSteps(work: readonly WorkStep[]): readonly Step[] {
  return work.flatMap(({ step }) =>
    step.call === 'openat' || step.call === 'creat'
      ? [attempt(step), closeOpened]
      : [attempt(step)],
  );
}

function mount(...args: readonly (string | Buffer)[]): void {
  const { status, stderr } = spawnSync('mount', args.map(String), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}

/** Makes the places below a directory, with some files, and mounts if they are wanted. */
export function makePlaces(directory: string, withMounts: boolean): void {
  const at = (path: string): Buffer =>
    Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]);
  const make = (place: string): void => void mkdirSync(at(place), { recursive: true });
  for (const place of [...ownPlaces, bindPlace, tmpfsPlace]) make(place);
  writeFileSync(at(boundFile), '');
  if (withMounts) {
    mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', `${directory}/${tmpfsPlace}`);
    mount('--bind', `${directory}/A`, `${directory}/${bindPlace}`);
    writeFileSync(at('beneath'), '');
    mount('--bind', `${directory}/beneath`, `${directory}/${boundFile}`);
  } else {
    make(`${bindPlace}/B`);
  }
  for (const place of placesInMounts) make(place);
  for (const place of [...ownPlaces, ...mountedPlaces, ...placesInMounts]) {
    for (const name of fileNames) writeFileSync(at(join(place, name)), '');
  }
}

/** Takes the mounts away. */
export function unmountPlaces(directory: string): void {
  for (const place of [boundFile, bindPlace, tmpfsPlace]) {
    spawnSync('umount', [`${directory}/${place}`]);
  }
}
