// SPDX-License-Identifier: Apache-2.0
// What a predicate allows, in the dimensions of a box, and who has a say beside the kernel.

import type { FilterValue, ValueClasses } from '@fimbul/schema';
import type { Box } from './box.ts';
import type { Allowed } from './integer-predicates.ts';
import type { TrackedValues } from './tracked-values.ts';
import { replaceSet } from './value-sets.ts';

export type FilterTable =
  | 'source name'
  | 'destination name'
  | 'source path'
  | 'destination path'
  | 'program'
  | (typeof valueNames)[FilterValue];

/** What people know the values by. */
export const valueNames = {
  result: 'result',
  flags: 'flags',
  created: 'created',
  mode: 'mode',
  file_mode: 'file mode',
  file_uid: 'file owner',
  file_gid: 'file group',
  destination_mode: 'destination mode',
  destination_uid: 'destination owner',
  destination_gid: 'destination group',
  uid: 'user id',
  gid: 'group id',
  euid: 'effective user id',
  egid: 'effective group id',
  fsuid: 'file access user id',
  fsgid: 'file access group id',
  auid: 'login user id',
  lineage_may: 'ancestors',
  lineage_must: 'ancestors',
  file_layer: 'layer',
  destination_layer: 'destination layer',
  file_filesystem: 'filesystem',
  destination_filesystem: 'destination filesystem',
  contained: 'container',
} as const satisfies Readonly<Record<FilterValue, string>>;

/** Why user space has to look at a predicate, or at the rest of it. */
export type Remainder = 'none' | 'field' | 'pattern' | 'long-name' | 'no-room' | 'computed';

export type Constraint = {
  readonly box: Box;
  readonly table: FilterTable | null;
  readonly remainder: Remainder;
};

/** What the tables of one value allow. */
export function constrainValue(
  value: FilterValue,
  allow: (classes: ValueClasses) => Allowed<bigint>,
  { classes, full }: TrackedValues,
): Constraint {
  let values = full.values;
  let isExact = false;
  classes.forEach((own, index) => {
    if (own.value !== value) return;
    const { set, exact } = allow(own);
    values = replaceSet(values, index, set);
    isExact ||= exact;
  });
  const table = isExact || values !== full.values ? valueNames[value] : null;
  const box = values === full.values ? full : { ...full, values };
  return { box, table, remainder: isExact ? 'none' : 'no-room' };
}
