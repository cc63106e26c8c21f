// SPDX-License-Identifier: Apache-2.0
// Hostile names in every place of a record that holds one: directories on the way, both files of a
// rename, what a caller spells, programs with their arguments and the names of their processes.

import { constants } from 'node:fs';
import { type KernelCase, program } from '../kernel-case.ts';
import {
  AT_FDCWD,
  absolute,
  call,
  expectError,
  expectRecord,
  fork,
  identity,
  keep,
  kept,
  type Step,
} from '../steps.ts';

const { O_CREAT, O_DIRECTORY, O_RDONLY, O_WRONLY } = constants;
const EACCES = 13;
const commBytesMax = 15;
const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

const names: Readonly<Record<string, string>> = {
  'line breaks': '\nline\n\r\nbreak\n',
  'escapes and quotes': '\x1b]0;t\x07\\x00%2f"\'`$(:)`\x7f',
  'bytes that are not UTF-8': '\xff\xc0\xaf\xed\xa0\x80\xfe\x80',
  '255 bytes': `${'\xe2\x82\xac'.repeat(84)}\n\x01\xff`,
};

function create(path: string): Step {
  const step = call('open', path, O_CREAT | O_WRONLY, 0o644);
  return expectRecord(step, { file: { path }, created: true });
}

/** A directory of that name, with another of that name inside of it. */
function workInDirectory(name: string): readonly Step[] {
  const inner = `${name}/${name}`;
  return [
    call('mkdir', name, 0o755),
    call('mkdir', inner, 0o755),
    create(`${inner}/a`),
    expectRecord(call('chmod', `${inner}/a`, 0o600), { file: { path: `${inner}/a` } }),
    expectRecord(call('rename', `${inner}/a`, `${name}/b`), {
      file: { path: `${inner}/a` },
      destination: { path: `${name}/b` },
    }),
    keep(1, expectRecord(call('open', name, O_DIRECTORY | O_RDONLY), { file: { path: name } })),
    expectRecord(call('unlinkat', kept(1), 'b', 0), { file: { path: `${name}/b` } }),
  ];
}

/** Two different hostile names, in one directory and in two. */
function renameBoth(name: string): readonly Step[] {
  const other = [...name].toReversed().join('');
  const move = (from: string, to: string): Step =>
    expectRecord(call('rename', from, to), { file: { path: from }, destination: { path: to } });
  return [
    call('mkdir', 'dir', 0o755),
    create(name),
    move(name, other),
    move(other, `dir/${name}`),
    move(`dir/${name}`, other),
  ];
}

/** What only the caller knows of, since it is refused. */
function refuse(name: string): readonly Step[] {
  return [
    call('mkdir', name, 0o700),
    call('setresuid', 1000, 1000, 1000),
    identity,
    expectRecord(expectError(call('open', `${name}/${name}`, O_RDONLY), EACCES), {
      file: { path: `${name}/${name}`, source: 'caller' },
    }),
    expectRecord(expectError(call('rename', `${name}/a`, `${name}/${name}`), EACCES), {
      file: { path: `${name}/a`, source: 'caller' },
      destination: { path: `${name}/${name}`, source: 'caller' },
    }),
    expectRecord(expectError(call('unlink', absolute(`${name}/${name}`)), EACCES), {
      file: { path: `${name}/${name}`, source: 'caller' },
    }),
  ];
}

function exec(name: string): Step {
  const args = [name, `--${name}`, '', name];
  return {
    do: 'exec',
    directory: AT_FDCWD,
    path: `./${name}`,
    flags: 0,
    arguments: args,
    record: { file: { path: name }, comm: name.slice(0, commBytesMax), arguments: args },
  };
}

export const nameEverywhereCases: readonly KernelCase[] = Object.entries(names).flatMap(
  ([what, name]): readonly KernelCase[] => [
    {
      name: `directories whose names are ${what}`,
      filesystems: everywhere,
      steps: workInDirectory(name),
    },
    {
      name: `a rename from and to ${what}`,
      filesystems: everywhere,
      steps: renameBoth(name),
    },
    {
      name: `a refused call that spells ${what}`,
      filesystems: everywhere,
      steps: refuse(name),
    },
    {
      name: `a program and arguments whose names are ${what}`,
      filesystems: everywhere,
      files: { [name]: program() },
      steps: [fork(exec(name))],
    },
  ],
);
