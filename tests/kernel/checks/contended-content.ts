// SPDX-License-Identifier: Apache-2.0
// What contending tasks did to files, held against what their records say: each task works on a
// file of its own, so a record that names another one’s was put together from two events.

import type { FileFacts } from '@fimbul/probe';
import type { ObservedRecord } from '../observed-record.ts';

const permissionBits = 0o777;

export type Contenders = {
  /** Where they work. */
  readonly directory: string;
  /** The number of each task, which its file has in its name. */
  readonly numbers: ReadonlyMap<number, number>;
};

function isOwn({ directory, numbers }: Contenders, pid: number, { path }: FileFacts): boolean {
  const name = `own-${numbers.get(pid)}`;
  return ['missing', name, `other-${name}`].some((own) => path === `${directory}/${own}`);
}

/** Says what is wrong with a record, in words. */
function findFault(contenders: Contenders, record: ObservedRecord): string | null {
  const { pid } = record.process;
  switch (record.kind) {
    case 'open':
    case 'unlink':
      return isOwn(contenders, pid, record.file) ? null : `names ${record.file.path}`;
    case 'chmod': {
      if (!isOwn(contenders, pid, record.file)) return `names ${record.file.path}`;
      // Each chmod is to the other of two modes.
      const isSame = ((record.file.mode ^ record.modeAfter) & permissionBits) === 0;
      return record.modeBeforeKnown && isSame ? `changes ${record.modeAfter} to itself` : null;
    }
    case 'rename': {
      const { file, destination } = record;
      const isOfOwn = isOwn(contenders, pid, file) && isOwn(contenders, pid, destination);
      if (isOfOwn && file.path !== destination.path) return null;
      return `goes from ${file.path} to ${destination.path}`;
    }
    default:
      return null;
  }
}

/** Records that cannot be true: how many, and the first. */
export function describeFaults(
  contenders: Contenders,
  records: readonly ObservedRecord[],
): string | null {
  const faults = records.flatMap((record) => {
    const fault = findFault(contenders, record);
    return fault === null ? [] : [`${record.kind} by ${record.process.pid} ${fault}`];
  });
  return faults.length === 0 ? null : `${faults.length} untrue records, the first: ${faults[0]}`;
}
