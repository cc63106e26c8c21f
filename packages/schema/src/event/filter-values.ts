// SPDX-License-Identifier: Apache-2.0
// The integers that the kernel filter has tables for, and which fields of rules are one of them, or
// part of one. Only what follows from a record for certain is here: what rules read from elsewhere
// may differ from what the kernel sees. Of texts, some are told apart by a number.
// Those of lineage are no fields: filter-plan.ts tells of what the kernel keeps of processes.

import { getFilesystemNumber } from './filesystem-types.ts';
import { type FileOperation, fileOperations } from './operations.ts';

/** Order is the number that the kernel side knows a value by. All are of 32 bits. */
export const filterValues = [
  'result',
  'flags',
  'created',
  'mode',
  'file_mode',
  'file_uid',
  'file_gid',
  'destination_mode',
  'destination_uid',
  'destination_gid',
  'uid',
  'gid',
  'euid',
  'egid',
  'fsuid',
  'fsgid',
  'auid',
  'lineage_may',
  'lineage_must',
  'file_layer',
  'destination_layer',
  'file_filesystem',
  'destination_filesystem',
  'contained',
] as const;

export type FilterValue = (typeof filterValues)[number];

/** Values that rules look at bit by bit; the others are numbers, of which rules compare ranges. */
export const bitValues: ReadonlySet<FilterValue> = new Set([
  'flags',
  'created',
  'mode',
  'file_mode',
  'destination_mode',
  'lineage_may',
  'lineage_must',
  'file_layer',
  'destination_layer',
  'contained',
]);

/** A field that is `value & mask`, or a text that is known by that. */
export type FilteredField = {
  readonly value: FilterValue;
  readonly mask: bigint;
  /** The number that the kernel has for a text; several texts may share one. */
  readonly ofText?: (text: string) => number;
};

const wholeMask = 0xffffffffn;
const modeMask = 0xffffn;
const rightsMask = 0o7777n;
const processIds = ['uid', 'gid', 'euid', 'egid', 'fsuid', 'fsgid', 'auid'] as const;

/** The fields of a mode, the whole of it first. */
function listModeFields(prefix: string, value: FilterValue): [string, FilteredField][] {
  return [
    [`${prefix}.mode`, { value, mask: modeMask }],
    [`${prefix}.rights`, { value, mask: rightsMask }],
  ];
}

function listFileFields(
  prefix: string,
  side: 'file' | 'destination',
): readonly [string, FilteredField][] {
  return [
    ...listModeFields(prefix, `${side}_mode`),
    [`${prefix}.uid`, { value: `${side}_uid`, mask: wholeMask }],
    [`${prefix}.gid`, { value: `${side}_gid`, mask: wholeMask }],
    [`${prefix}.in_upper_layer`, { value: `${side}_layer`, mask: 1n }],
    [
      `${prefix}.filesystem`,
      { value: `${side}_filesystem`, mask: wholeMask, ofText: getFilesystemNumber },
    ],
  ];
}

function listOwnFields(operation: FileOperation): readonly [string, FilteredField][] {
  const flags = [`${operation}.flags`, { value: 'flags', mask: wholeMask }] as const;
  switch (operation) {
    case 'open':
      return [
        [...flags],
        [`${operation}.created`, { value: 'created', mask: 1n }],
        ...listModeFields(`${operation}.file.destination`, 'mode'),
      ];
    case 'chmod':
      return listModeFields(`${operation}.file.destination`, 'mode');
    case 'unlink':
      return [[...flags]];
    case 'rename':
      return [[...flags], ...listFileFields(`${operation}.file.destination`, 'destination')];
  }
}

/** Whether it is in a container: where that has an identifier. */
const contained: FilteredField = {
  value: 'contained',
  mask: 1n,
  ofText: (id) => (id === '' ? 0 : 1),
};

/** The fields of an operation, by name; of one value the one that is all of it comes first. */
export function listFilteredFields(operation: FileOperation): ReadonlyMap<string, FilteredField> {
  return new Map([
    [`${operation}.retval`, { value: 'result', mask: wholeMask }],
    ...listOwnFields(operation),
    ...listFileFields(`${operation}.file`, 'file'),
    ...processIds.map((value): [string, FilteredField] => [
      `process.${value}`,
      { value, mask: wholeMask },
    ]),
    ['process.container.id', contained],
    ['container.id', contained],
  ]);
}

const byName: ReadonlyMap<string, FilteredField> = new Map(
  fileOperations.flatMap((operation) => [...listFilteredFields(operation)]),
);

/** Says of which value of the kernel's a field is; null where the kernel has no table for it. */
export function findFilteredField(name: string): FilteredField | null {
  return byName.get(name) ?? null;
}
