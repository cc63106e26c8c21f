// SPDX-License-Identifier: Apache-2.0
// The fields of one process, by the last part of their name. A value of null is not known.

import type { FileFacts, ProcessFacts } from '@fimbul/probe';
import { listFlags, listOptions } from '@fimbul/schema';
import { getInterpreterFile, getProgramFile } from '../context/image.ts';
import type { EventSurroundings, ProcessSubject } from './event-view.ts';
import { fileReaders } from './file-fields.ts';

export type ProcessValue = string | number | bigint | boolean | readonly string[] | null;

export type ProcessReader = (
  subject: ProcessSubject,
  surroundings: EventSurroundings,
) => ProcessValue;

/** No namespace has the number 0: it stands for one that could not be read. */
function knownNamespace(inode: number): number | null {
  return inode === 0 ? null : inode;
}

/** The unified hierarchy, which is that of version 2, has the number 0. */
function getCgroupVersion({ cgroupId, cgroupHierarchy }: ProcessFacts): number | null {
  if (cgroupId === 0n) return null;
  return cgroupHierarchy === 0 ? 2 : 1;
}

const ownReaders: Readonly<Record<string, ProcessReader>> = {
  pid: ({ facts }) => facts.pid,
  tid: ({ facts }) => facts.tid,
  ppid: ({ facts }) => facts.ppid,
  comm: ({ facts }) => facts.comm,
  argv0: ({ entry }) => entry.image.argv[0] ?? '',
  argv: ({ entry }) => entry.image.argv.slice(1),
  args: ({ entry }) => entry.image.argv.slice(1).join(' '),
  args_flags: ({ entry }) => listFlags(entry.image.argv.slice(1)),
  args_options: ({ entry }) => listOptions(entry.image.argv.slice(1)),
  args_truncated: ({ entry }) => entry.image.argumentsTruncated,
  created_at: ({ entry }, { bootToRealNs }) => entry.startTime.ns + bootToRealNs,
  uid: ({ facts }) => facts.uid,
  gid: ({ facts }) => facts.gid,
  euid: ({ facts }) => facts.euid,
  egid: ({ facts }) => facts.egid,
  fsuid: ({ facts }) => facts.fsuid,
  fsgid: ({ facts }) => facts.fsgid,
  user: ({ facts }, { findUser }) => findUser(facts.uid, facts),
  group: ({ facts }, { findGroup }) => findGroup(facts.gid, facts),
  euser: ({ facts }, { findUser }) => findUser(facts.euid, facts),
  egroup: ({ facts }, { findGroup }) => findGroup(facts.egid, facts),
  fsuser: ({ facts }, { findUser }) => findUser(facts.fsuid, facts),
  fsgroup: ({ facts }, { findGroup }) => findGroup(facts.fsgid, facts),
  auid: ({ facts }) => facts.auid,
  cap_effective: ({ facts }) => facts.capEffective,
  cap_permitted: ({ facts }) => facts.capPermitted,
  tty_name: ({ entry }) => entry.image.terminal,
  is_exec: ({ entry }) => entry.isExec,
  is_thread: ({ entry }) => !entry.isExec,
  is_kworker: ({ facts }) => facts.isKernelThread,
  mntns: ({ facts }) => knownNamespace(facts.mountNamespace),
  netns: ({ facts }) => knownNamespace(facts.networkNamespace),
  pidns: ({ facts }) => knownNamespace(facts.pidNamespace),
  'cgroup.id': ({ entry }) => entry.cgroup.path,
  'cgroup.version': ({ facts }) => getCgroupVersion(facts),
  'cgroup.file.inode': ({ facts }) => (facts.cgroupId === 0n ? null : facts.cgroupId),
  'container.id': ({ entry }) => entry.containerId,
};

/** What only records tell of a file: /proc gives a path, and not how it was reached. */
const inRecordsOnly: readonly string[] = ['mount_visible', 'mount_detached'];

function ofFile(
  prefix: string,
  getFile: (subject: ProcessSubject) => FileFacts | null,
): [string, ProcessReader][] {
  return Object.entries(fileReaders).map(([name, read]) => [
    `${prefix}.${name}`,
    (subject, surroundings) => {
      const file = getFile(subject);
      if (file === null) return null;
      const isTold = subject.entry.image.source === 'record' || !inRecordsOnly.includes(name);
      return isTold ? read(file, surroundings, subject.facts) : null;
    },
  ]);
}

export const processReaders: ReadonlyMap<string, ProcessReader> = new Map([
  ...Object.entries(ownReaders),
  ...ofFile('file', ({ entry }) => getProgramFile(entry.image)),
  ...ofFile('interpreter.file', ({ entry }) => getInterpreterFile(entry.image)),
]);
