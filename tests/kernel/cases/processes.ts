// SPDX-License-Identifier: Apache-2.0
// How processes begin and end: who made them, whose children they are, and what wait(2) reports.

import { file, type KernelCase } from '../kernel-case.ts';
import { call, expectRecord, fork, type Step, thread } from '../steps.ts';

const CLONE_VM = 0x100;
const CLONE_VFORK = 0x4000;
const CLONE_PARENT = 0x8000;
const SIGABRT = 6;
const SIGKILL = 9;
const SIGTERM = 15;
const exited = (status: number): number => status << 8;

function forkEnding(status: number | null, ...steps: readonly Step[]): Step {
  return { do: 'fork', flags: 0, steps, status };
}

export const processCases: readonly KernelCase[] = [
  { name: 'a fork, and one inside of it', steps: [fork(fork()), fork()] },
  {
    name: 'vfork, which shares the memory of its parent',
    files: { a: file() },
    steps: [
      {
        do: 'fork',
        flags: CLONE_VM | CLONE_VFORK,
        steps: [expectRecord(call('open', 'a', 0), { file: { path: 'a' } })],
      },
    ],
  },
  {
    name: 'a fork on behalf of the parent: the creator is not the parent',
    steps: [fork({ do: 'fork', flags: CLONE_PARENT, steps: [] }), { do: 'wait' }],
  },
  {
    name: 'exit statuses',
    steps: [0, 1, 7, 255].map((status) => forkEnding(exited(status), call('exit_group', status))),
  },
  {
    name: 'death by a signal',
    steps: [SIGKILL, SIGTERM].map((signal) => forkEnding(signal, call('kill', 'own pid', signal))),
  },
  {
    name: 'death by a signal that asks for a core',
    // The program forbids a core, so that the bit for one is not set.
    steps: [forkEnding(SIGABRT, call('prctl', 4, 0), call('kill', 'own pid', SIGABRT))],
  },
  {
    name: 'threads are not processes, and their end is not one',
    files: { a: file() },
    steps: [
      fork(
        thread(expectRecord(call('open', 'a', 0), { file: { path: 'a' } })),
        thread(call('exit', 5)),
      ),
    ],
  },
  {
    name: 'a thread ends the whole process',
    steps: [forkEnding(exited(9), thread(call('exit_group', 9)))],
  },
  {
    name: 'the first thread ends before the last',
    steps: [
      [3, 5],
      [3, 0],
      [0, 5],
    ].map(([first = 0, last = 0]) => forkEnding(null, { do: 'leave', first, last })),
  },
  {
    name: 'many threads end at once: one process ends, once',
    steps: [{ do: 'crowd', count: 30, threads: 8 }],
  },
];
