// SPDX-License-Identifier: Apache-2.0
// `fim.write.file`: a file that is being changed, by whatever event. A rule on it becomes a rule
// for each way of changing a file, with what it takes for that event to be a change.

import type { EventType } from '@fimbul/schema';

export type WrittenFile = {
  readonly eventType: EventType;
  /** What `fim.write.file` stands for. */
  readonly changedFile: string;
  /** What else has to hold; null where the event alone is a change. */
  readonly condition: string | null;
};

export const writtenFiles: readonly WrittenFile[] = [
  {
    eventType: 'open',
    changedFile: 'open.file',
    condition: 'open.flags & (O_CREAT|O_TRUNC|O_APPEND|O_RDWR|O_WRONLY) > 0',
  },
  {
    eventType: 'chmod',
    changedFile: 'chmod.file',
    condition: 'chmod.file.destination.mode != chmod.file.mode',
  },
  {
    eventType: 'chown',
    changedFile: 'chown.file',
    condition:
      '(chown.file.destination.uid != -1 && chown.file.destination.uid != chown.file.uid) || ' +
      '(chown.file.destination.gid != -1 && chown.file.destination.gid != chown.file.gid)',
  },
  { eventType: 'link', changedFile: 'link.file', condition: null },
  { eventType: 'rename', changedFile: 'rename.file', condition: null },
  { eventType: 'rename', changedFile: 'rename.file.destination', condition: null },
  { eventType: 'unlink', changedFile: 'unlink.file', condition: null },
  { eventType: 'utimes', changedFile: 'utimes.file', condition: null },
];
