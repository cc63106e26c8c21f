// SPDX-License-Identifier: Apache-2.0
// The fields of one file, by the last part of their name. A value of null is not known: rules read
// the zero value of its type in its place, and alerts leave it out.

import { type FileFacts, getBasename, type ProcessFacts } from '@fimbul/probe';
import { fromByteString, pathFlags } from '@fimbul/schema';
import type { EventSurroundings } from './event-view.ts';

export type FileReader = (
  file: FileFacts,
  surroundings: EventSurroundings,
  process: ProcessFacts,
) => string | number | bigint | boolean | null;

function known<Value>(read: (file: FileFacts) => Value) {
  return (file: FileFacts): Value | null =>
    file.pathFlags & pathFlags.INODE_KNOWN ? read(file) : null;
}

/**
 * True when the mount the file was reached through is in no mount namespace. Null where the walk
 * to its root ended early, and where the file itself was not reached.
 */
function isMountDetached({ pathSource, pathFlags: flags }: FileFacts): boolean | null {
  if (pathSource !== 'kernel') return null;
  if (flags & pathFlags.DISCONNECTED) return true;
  return flags & pathFlags.TRUNCATED ? null : false;
}

function isMountVisible(file: FileFacts): boolean | null {
  const isDetached = isMountDetached(file);
  return isDetached === null ? null : !isDetached;
}

/** The extension with its dot; a name that only starts with a dot has none. */
export function getExtension(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '';
}

/** What derives from the path alone, which is read without the rest of a file. */
export const pathReaders: Readonly<Record<string, (path: string) => string>> = {
  path: (path) => path,
  name: getBasename,
  extension: (path) => getExtension(getBasename(path)),
};

const ofPath = Object.fromEntries(
  Object.entries(pathReaders).map(([name, read]): [string, FileReader] => [
    name,
    (file) => read(file.path),
  ]),
);

export const fileReaders: Readonly<Record<string, FileReader>> = {
  ...ofPath,
  path_source: (file) => file.pathSource,
  path_raw: (file) =>
    fromByteString(file.path).exact ? null : Buffer.from(file.path, 'latin1').toString('base64'),
  path_truncated: (file) => (file.pathFlags & pathFlags.TRUNCATED) !== 0,
  path_detached: (file) => (file.pathFlags & pathFlags.DISCONNECTED) !== 0,
  filesystem: known((file) => file.filesystem),
  in_upper_layer: known(({ pathFlags: flags }) =>
    flags & pathFlags.LAYER_UNKNOWN ? null : (flags & pathFlags.UPPER_LAYER) !== 0,
  ),
  inode: known((file) => file.inode),
  device: known((file) => file.device),
  mount_id: (file) => (file.pathSource === 'kernel' ? file.mountId : null),
  mount_visible: isMountVisible,
  mount_detached: isMountDetached,
  mode: known((file) => file.mode),
  rights: known((file) => file.mode & 0o7777),
  uid: known((file) => file.uid),
  user: (file, { findUser }, process) =>
    file.pathFlags & pathFlags.INODE_KNOWN ? findUser(file.uid, process) : null,
  gid: known((file) => file.gid),
  group: (file, { findGroup }, process) =>
    file.pathFlags & pathFlags.INODE_KNOWN ? findGroup(file.gid, process) : null,
  change_time: known((file) => file.changeTimeNs),
  modification_time: known((file) => file.modificationTimeNs),
};
