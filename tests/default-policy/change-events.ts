// SPDX-License-Identifier: Apache-2.0
// Generated changes of files by generated processes: paths that patterns of the policy accept, and
// processes that are package managers, pretend to be, or have one among their ancestors.

import fc from 'fast-check';
import type { PlainEvent } from '../../packages/rules/src/testing/interpret.ts';
import { makeEvent } from '../../packages/rules/src/testing/plain-events.ts';

export type Change = {
  readonly type: 'open' | 'rename' | 'unlink' | 'chmod' | 'chown' | 'link' | 'utimes';
  readonly event: PlainEvent;
};

/** What the process of an event runs, and what its ancestors ran, the nearest first. */
export type Programs = readonly [own: string, ...ancestors: string[]];

const arbitraryPiece = fc.stringMatching(/^[a-z0-9._-]{1,6}$/);

/** Paths that a pattern accepts. */
export function arbitraryPathOf(pattern: string): fc.Arbitrary<string> {
  const between = fc.array(arbitraryPiece, { maxLength: 3 });
  return fc
    .tuple(between, fc.array(arbitraryPiece, { minLength: 8, maxLength: 8 }))
    .map(([components, pieces]) => {
      let next = 0;
      const isLast = pattern.endsWith('/**');
      const middle = isLast && components.length === 0 ? ['x'] : components;
      return pattern
        .split('/')
        .flatMap((part) => (part === '**' ? middle : [part]))
        .map((part) => part.replaceAll('*', () => pieces[next++ % pieces.length] ?? 'x'))
        .join('/');
    });
}

/** Programs, of which some are among those that are given, and some only look like them. */
export function arbitraryPrograms(known: readonly string[]): fc.Arbitrary<Programs> {
  const lookAlikes = known.map((path) => path.slice(path.lastIndexOf('/') + 1));
  const program = fc.oneof(
    fc.constantFrom(...known),
    fc.constantFrom('', '/usr/bin/dash', '/usr/bin/cp', '/usr/sbin/ldconfig'),
    fc.constantFrom(...lookAlikes),
    fc
      .tuple(
        fc.constantFrom('/tmp', '/usr/local/bin', '/home/eve/usr/bin'),
        fc.constantFrom(...lookAlikes),
      )
      .map(([directory, name]) => `${directory}/${name}`),
  );
  return fc
    .tuple(program, fc.array(program, { maxLength: 4 }))
    .map(([own, ancestors]) => [own, ...ancestors]);
}

/** What names say is never believed: every process is called as a package manager is. */
function describeProcess([own, ...ancestors]: Programs): PlainEvent {
  return {
    'process.file.path': own,
    'process.file.name': 'dpkg',
    'process.comm': 'dpkg',
    'process.argv0': '/usr/bin/dpkg',
    'process.ancestors.file.path': ancestors,
    'process.ancestors.file.name': ancestors.map(() => 'dpkg'),
    'process.ancestors.comm': ancestors.map(() => 'dpkg'),
  };
}

function getExtension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '';
}

/** All ways of changing a file. */
export function listChanges(path: string, programs: Programs): readonly Change[] {
  const process = describeProcess(programs);
  const make = (type: Change['type'], file: string, more: PlainEvent = {}): Change => {
    const prefix = `${type}.${file}`;
    const names = { [`${prefix}.path`]: path, [`${prefix}.extension`]: getExtension(path) };
    return { type, event: makeEvent({ ...process, ...names, ...more }) };
  };
  return [
    make('open', 'file', { 'open.flags': 0o101n, 'open.created': true }),
    make('open', 'file', { 'open.flags': 0o2n }),
    make('rename', 'file', { 'rename.file.destination.path': '/elsewhere/x' }),
    make('rename', 'file.destination', { 'rename.file.path': '/elsewhere/x' }),
    make('unlink', 'file'),
    make('chmod', 'file', {
      'chmod.file.mode': 0o100644n,
      'chmod.file.destination.mode': 0o100600n,
    }),
    make('chmod', 'file', { 'chmod.file.mode': 0o40755n, 'chmod.file.destination.mode': 0o40700n }),
    make('chown', 'file', { 'chown.file.destination.uid': 1000n }),
    make('link', 'file', { 'link.file.destination.path': '/elsewhere/x' }),
    make('link', 'file.destination', { 'link.file.path': '/elsewhere/x' }),
    make('utimes', 'file'),
  ];
}
