// SPDX-License-Identifier: Apache-2.0
// Who did it, at the moment: credentials, name and namespaces change without any exec.

import { file, type KernelCase } from '../kernel-case.ts';
import { call, expectRecord, fork, identity, type Step, thread } from '../steps.ts';

const PR_SET_NAME = 15;
const CLONE_NEWNS = 0x20000;
const CLONE_NEWPID = 0x20000000;
const CLONE_NEWNET = 0x40000000;
const keepId = -1;

const open: Step = expectRecord(call('open', 'a', 0), { file: { path: 'a' } });
const files = { a: file(0o644) };

export const identityCases: readonly KernelCase[] = [
  {
    name: 'user and group ids, each of its own',
    files,
    steps: [
      fork(
        open,
        call('setresgid', 100, 200, 300),
        call('setresuid', 101, 202, 0),
        identity,
        open,
        call('setfsuid', 101),
        identity,
        open,
        call('setresuid', keepId, 0, keepId),
        identity,
        open,
      ),
    ],
  },
  {
    name: 'the credentials of one thread alone',
    files,
    steps: [fork(thread(call('setresuid', 1000, 1000, 1000), identity, open), open)],
  },
  {
    name: 'another name of the process',
    files,
    steps: [
      fork(call('prctl', PR_SET_NAME, 'sneaky \xff'), identity, open),
      fork(call('prctl', PR_SET_NAME, 'a name that is too long'), identity, open),
    ],
  },
  {
    name: 'namespaces of mounts, of the network and of processes',
    files,
    steps: [
      fork(call('unshare', CLONE_NEWNS), identity, open),
      fork(call('unshare', CLONE_NEWNET), identity, open),
      { do: 'fork', flags: CLONE_NEWPID, steps: [open] },
    ],
  },
];
