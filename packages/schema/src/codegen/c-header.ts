// SPDX-License-Identifier: Apache-2.0
// Writes the C side of the kernel schema. Static asserts make the C compiler reject any
// disagreement with the table, and so does a reader of the built object's BTF.

import { filterValues } from '../event/filter-values.ts';
import {
  cgroupKinds,
  counterNames,
  pathEdges,
  pathEdgesBits,
  pathFlags,
  pathSources,
  recordKinds,
  troubleNames,
} from '../kernel/enums.ts';
import { computeLayout, type PlacedMember } from '../kernel/layout.ts';
import { kernelLimits } from '../kernel/limits.ts';
import { structs } from '../kernel/records.ts';

const scalarNames = {
  u8: '__u8',
  u16: '__u16',
  u32: '__u32',
  u64: '__u64',
  s32: '__s32',
  s64: '__s64',
} as const;

function declare({ name, type }: PlacedMember): string {
  switch (type.kind) {
    case 'scalar':
      return `${scalarNames[type.scalar]} ${name}`;
    case 'bytes':
      return `${name.startsWith('pad_') ? '__u8' : 'char'} ${name}[${type.length}]`;
    case 'array':
      return `${scalarNames[type.scalar]} ${name}[${type.length}]`;
    case 'struct':
      return `struct ${type.struct.name} ${name}`;
  }
}

function writeEnum(name: string, prefix: string, entries: readonly string[]): string[] {
  const lines = entries.map((entry, index) => `\t${prefix}${entry.toUpperCase()} = ${index},`);
  return [`enum ${name} {`, ...lines, `\t${prefix}COUNT = ${entries.length},`, '};', ''];
}

function writeBits(name: string, prefix: string, bits: Readonly<Record<string, number>>): string[] {
  const lines = Object.entries(bits).map(([bit, value]) => `\t${prefix}${bit} = ${value},`);
  return [`enum ${name} {`, ...lines, '};', ''];
}

function writeStruct(spec: (typeof structs)[number]): string[] {
  const layout = computeLayout(spec);
  const lines = [`/* ${spec.comment} */`, `struct ${spec.name} {`];
  for (const member of layout.members) {
    const comment = member.comment === '' ? '' : ` /* ${member.comment} */`;
    lines.push(`\t${declare(member)};${comment}`);
  }
  lines.push('};', '');
  lines.push(`_Static_assert(sizeof(struct ${spec.name}) == ${layout.size}, "${spec.name}");`);
  for (const { name, offset } of layout.members) {
    lines.push(`_Static_assert(__builtin_offsetof(struct ${spec.name}, ${name}) == ${offset},`);
    lines.push(`\t       "${spec.name}.${name}");`);
  }
  lines.push('');
  return lines;
}

/** One type from which all records can be reached, such as in BTF. */
function writeUnion(): string[] {
  const members = recordKinds.map((kind) => `\tstruct ${kind}_record ${kind};`);
  return ['/* Any record. */', 'union record {', ...members, '};', ''];
}

/** Writes bpf/include/records.gen.h. */
export function writeCHeader(): string {
  const lines = [
    '/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */',
    '/* Generated from packages/schema/src/kernel by `npm run generate`. Do not edit. */',
    '#ifndef FIMBUL_RECORDS_GEN_H',
    '#define FIMBUL_RECORDS_GEN_H',
    '',
    '#include <linux/types.h>',
    '',
  ];
  for (const [name, value] of Object.entries(kernelLimits)) lines.push(`#define ${name} ${value}`);
  lines.push('');
  lines.push(...writeEnum('record_kind', 'RECORD_', recordKinds));
  lines.push(...writeEnum('path_source', 'PATH_SOURCE_', pathSources));
  lines.push(...writeBits('path_flag', 'PATH_', pathFlags));
  lines.push(...writeEnum('cgroup_kind', 'CGROUP_', cgroupKinds));
  lines.push(...writeEnum('counter', 'COUNTER_', counterNames));
  lines.push(...writeEnum('trouble', 'TROUBLE_', troubleNames));
  lines.push(...writeEnum('filter_value', 'FILTER_VALUE_', filterValues));
  lines.push(...writeBits('path_edges', 'PATH_EDGES_', pathEdges));
  lines.push(`#define PATH_EDGES_BITS ${pathEdgesBits}`, '');
  for (const spec of structs) lines.push(...writeStruct(spec));
  lines.push(...writeUnion(), '#endif', '');
  return lines.join('\n');
}
