// SPDX-License-Identifier: Apache-2.0
// Programs that begin in a process: the image that runs, the script it was asked for, and the
// arguments byte by byte.

import { kernelLimits } from '@fimbul/schema';
import {
  directory,
  file,
  type KernelCase,
  nothingMark,
  program,
  script,
  symlink,
} from '../kernel-case.ts';
import {
  type Argument,
  AT_EMPTY_PATH,
  AT_FDCWD,
  absolute,
  call,
  type ExecExpectation,
  expectError,
  expectRecord,
  fork,
  identity,
  keep,
  kept,
  type Step,
  thread,
} from '../steps.ts';

const EACCES = 13;
const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

function exec(path: Argument, args: readonly string[], record: Partial<ExecExpectation>): Step {
  return {
    do: 'exec',
    directory: AT_FDCWD,
    path,
    flags: 0,
    arguments: args,
    record: { file: { path: nothingMark }, comm: 'nothing', arguments: args, ...record },
  };
}

/** Executes what a descriptor stands for. What the process is then called differs by kernel. */
function execDescriptor(slot: number, record: ExecExpectation): Step {
  const args = record.arguments;
  return {
    do: 'exec',
    directory: kept(slot),
    path: '',
    flags: AT_EMPTY_PATH,
    arguments: args,
    record,
  };
}

const longArguments = ['nothing', 'x'.repeat(3000), 'y'.repeat(3000)];

function cut(args: readonly string[]): readonly string[] {
  const bytes = args.map((argument) => `${argument}\0`).join('');
  return bytes.slice(0, kernelLimits.ARGUMENT_BYTES_MAX).split('\0');
}

export const execCases: readonly KernelCase[] = [
  {
    name: 'exec with arguments that are empty, spaced and not UTF-8',
    steps: [
      fork(exec(nothingMark, ['nothing', '', 'two words', '', '\xff\n%s', ''], {})),
      fork(exec(nothingMark, [''], {})),
    ],
  },
  {
    name: 'exec with more bytes of arguments than a record holds',
    steps: [
      fork(
        exec(nothingMark, longArguments, {
          arguments: cut(longArguments),
          argumentsTruncated: true,
        }),
      ),
      fork(exec(nothingMark, ['a', 'b'.repeat(kernelLimits.ARGUMENT_BYTES_MAX - 3)], {})),
    ],
  },
  {
    name: 'exec of a program by a relative path and through a symbolic link',
    filesystems: everywhere,
    files: { bin: directory(), 'bin/tool': program(), link: symlink('bin/tool') },
    steps: [
      fork(exec('./bin/../bin/tool', ['tool'], { file: { path: 'bin/tool' }, comm: 'tool' })),
      fork(exec('link', ['tool'], { file: { path: 'bin/tool' }, comm: 'link' })),
    ],
  },
  {
    name: 'exec of a script: the script as it was named, and the image that interprets it',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/run.sh': script(`#!${nothingMark} -e one\nrest\n`) },
    steps: [
      fork(
        exec('dir/run.sh', ['run', 'two'], {
          script: { path: 'dir/run.sh', source: 'caller' },
          arguments: [nothingMark, '-e one', 'dir/run.sh', 'two'],
          comm: 'run.sh',
        }),
      ),
      fork(
        exec(absolute('dir/run.sh'), ['run'], {
          script: { path: 'dir/run.sh', source: 'caller' },
          arguments: [nothingMark, '-e one', '{directory}/dir/run.sh'],
          comm: 'run.sh',
        }),
      ),
    ],
  },
  {
    name: 'exec of a descriptor',
    filesystems: everywhere,
    files: { tool: program() },
    steps: [
      keep(1, expectRecord(call('open', 'tool', 0), { file: { path: 'tool' } })),
      fork(execDescriptor(1, { file: { path: 'tool' }, arguments: ['by', 'descriptor'] })),
    ],
  },
  {
    name: 'exec of a program that was deleted',
    filesystems: everywhere,
    files: { tool: program() },
    steps: [
      keep(1, expectRecord(call('open', 'tool', 0), { file: { path: 'tool' } })),
      expectRecord(call('unlink', 'tool'), { file: { path: 'tool' } }),
      fork(execDescriptor(1, { file: { path: 'tool', flags: ['UNLINKED'] }, arguments: ['gone'] })),
    ],
  },
  {
    name: 'exec in a thread that is not the first',
    steps: [fork(thread(exec(nothingMark, ['nothing'], {})))],
  },
  {
    name: 'exec of a program that runs as its owner',
    filesystems: ['ext4', 'tmpfs'],
    files: { tool: program(0o4755, 1234) },
    steps: [
      fork(
        call('setresuid', 1000, 1000, 1000),
        identity,
        exec('tool', ['tool'], { file: { path: 'tool' }, comm: 'tool', euid: 1234 }),
      ),
    ],
  },
  {
    name: 'exec that is refused starts no program',
    files: { tool: file(0o644) },
    steps: [expectError(call('execve', 'tool', null, null), EACCES)],
  },
  {
    name: 'exec of the trigger itself, without a fork',
    steps: [exec(nothingMark, ['nothing'], {})],
  },
];
