// SPDX-License-Identifier: Apache-2.0
// Takes out of a recording what is not of the scripted operations: processes of the machine and
// what they did, its name, its control groups, its users. What stays is as the kernel sent it.

import {
  openRecordingFile,
  RecordBatch,
  RecordingReader,
  RecordingWriter,
  RecordView,
} from '@fimbul/probe';
import { cgroupRecordOffsets, type RecordKind, recordHeaderOffsets } from '@fimbul/schema';

const { process: who } = recordHeaderOffsets;
const groupPath = 'recording';
const commBytes = 16;

/** Names that every Debian has; any other is the machine's own. */
const publicNames: readonly string[] = ['root', 'nobody', 'nogroup', 'tty'];

type Note = { readonly kind: string; readonly [key: string]: unknown };
type Entry =
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'record'; readonly bytes: Uint8Array };

type ProcessNote = Note & {
  readonly read: { readonly process: { readonly pid: number; readonly cgroup: object | null } };
};

/** Looks at a record without knowing its kind. */
function look(bytes: Uint8Array): { view: DataView; pid: number; group: string; kind: RecordKind } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const batch = RecordBatch.of(bytes);
  const kind = new RecordView(batch).moveTo(batch, 0);
  const hierarchy = view.getUint32(who.cgroupHierarchy, true);
  const group = `${hierarchy}:${view.getBigUint64(who.cgroupId, true)}`;
  return { view, pid: view.getUint32(who.pid, true), group, kind };
}

/** The announcement of a control group, without its path and the name of who was first in it. */
function scrubGroup(bytes: Uint8Array): Uint8Array {
  const scrubbed = new Uint8Array(cgroupRecordOffsets.size + groupPath.length);
  scrubbed.set(bytes.subarray(0, cgroupRecordOffsets.size));
  scrubbed.fill(0, who.comm, who.comm + commBytes);
  scrubbed.set(Buffer.from(groupPath), cgroupRecordOffsets.size);
  const view = new DataView(scrubbed.buffer);
  view.setUint32(recordHeaderOffsets.length, scrubbed.length, true);
  view.setUint32(cgroupRecordOffsets.path.offset, cgroupRecordOffsets.size, true);
  view.setUint32(cgroupRecordOffsets.path.length, groupPath.length, true);
  return scrubbed;
}

function scrubNote(note: Note, pids: ReadonlySet<number>): Note | null {
  switch (note.kind) {
    case 'clock':
    case 'snapshot':
      return note;
    case 'name':
      return publicNames.includes(String(note.name)) ? note : null;
    case 'process': {
      const { read, ...rest } = note as ProcessNote;
      if (!pids.has(read.process.pid)) return null;
      const cgroup =
        read.process.cgroup === null ? null : { ...read.process.cgroup, path: `/${groupPath}` };
      return { ...rest, read: { ...read, process: { ...read.process, cgroup } } };
    }
    case 'gone':
      return pids.has(Number(note.pid)) ? note : null;
    default:
      // What else the machine lost depends on the day.
      return null;
  }
}

function readEntries(reader: RecordingReader): Entry[] {
  const entries: Entry[] = [...reader.entries()].map((entry) =>
    entry.kind === 'record'
      ? { kind: 'record', bytes: Uint8Array.from(entry.bytes) }
      : { kind: 'note', note: entry.value as Note },
  );
  if (reader.fault !== null) throw new Error(`${reader.fault.what}, byte ${reader.fault.at}`);
  return entries;
}

/** Finds the processes that come from one, and the control groups that they were in. */
function findTree(entries: readonly Entry[], rootPid: number) {
  const pids = new Set([rootPid]);
  const groups = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === 'note') continue;
    const { view, pid, group, kind } = look(entry.bytes);
    // The child's header tells who its parent is; nobody of the script is adopted.
    if (kind === 'fork' && pids.has(view.getUint32(who.ppid, true))) pids.add(pid);
    if (pids.has(pid)) groups.add(group);
  }
  return { pids, groups };
}

/** Reads a recording and returns what may be shown of it, as a recording called `name`. */
export function scrubRecording(path: string, rootPid: number, name: string): Buffer {
  const opened = openRecordingFile(path);
  if (!opened.ok) throw opened.error;
  const reader = RecordingReader.open(opened.value);
  if (!(reader instanceof RecordingReader)) throw new Error(reader.what);
  const entries = readEntries(reader);
  opened.value.close();
  const { pids, groups } = findTree(entries, rootPid);
  const meta = reader.header.meta as { readonly release: string };
  const release = /^\d+\.\d+\.\d+/.exec(meta.release)?.[0] ?? '';
  const chunks: Uint8Array[] = [];
  const writer = new RecordingWriter({ write: (bytes) => void chunks.push(bytes) }, 1, {
    ...meta,
    release,
    hostname: 'recorded',
    recordingId: name,
  });
  for (const entry of entries) {
    if (entry.kind === 'note') {
      const note = scrubNote(entry.note, pids);
      if (note !== null) writer.addNote(note);
      continue;
    }
    const { pid, group, kind } = look(entry.bytes);
    if (kind === 'cgroup' && groups.has(group)) writer.addRecord(scrubGroup(entry.bytes));
    else if (kind !== 'cgroup' && pids.has(pid)) writer.addRecord(entry.bytes);
  }
  writer.finish(null);
  return Buffer.concat(chunks);
}
