// SPDX-License-Identifier: Apache-2.0
// The layout of records as plain values: what a recording carries, so that whoever reads it later
// finds every member by its name, wherever it stood when the recording was made.

import { pathFlags, pathSources, recordKinds } from './enums.ts';
import { computeLayout, type MemberType, type StructSpec } from './layout.ts';
import { structs } from './records.ts';

/** A member that is no struct: a scalar, or bytes. */
export type RecordedMember = {
  /** Path from the start of the record, such as `header.process.pid`. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** `text` says where a variable part stands; `bytes` is a NUL-terminated name. */
  readonly type: 'unsigned' | 'signed' | 'text' | 'bytes';
};

export type RecordedLayout = {
  /** Name of the record kind. */
  readonly kind: string;
  /** Bytes of the fixed part. */
  readonly size: number;
  readonly members: readonly RecordedMember[];
};

export type RecordSchema = {
  /** By the number that a record's header has. */
  readonly layouts: readonly RecordedLayout[];
  readonly pathSources: readonly string[];
  readonly pathFlags: Readonly<Record<string, number>>;
};

function listMembers(spec: StructSpec, base: number, prefix: string): RecordedMember[] {
  return computeLayout(spec).members.flatMap(({ name, type, offset, size }): RecordedMember[] => {
    if (name.startsWith('pad_')) return [];
    if (type.kind === 'struct' && type.struct.name !== 'text_ref') {
      return listMembers(type.struct, base + offset, `${prefix}${name}.`);
    }
    return [{ name: `${prefix}${name}`, offset: base + offset, size, type: nameType(type) }];
  });
}

function nameType(type: MemberType): RecordedMember['type'] {
  switch (type.kind) {
    case 'scalar':
      return type.scalar.startsWith('s') ? 'signed' : 'unsigned';
    case 'struct':
      return 'text';
    case 'bytes':
    case 'array':
      return 'bytes';
  }
}

/** Describes the records of this version. */
export function describeRecords(): RecordSchema {
  const layouts = recordKinds.map((kind) => {
    const spec = structs.find(({ name }) => name === `${kind}_record`);
    if (!spec) throw new Error(`no struct describes records of kind ${kind}`);
    return { kind, size: computeLayout(spec).size, members: listMembers(spec, 0, '') };
  });
  return { layouts, pathSources, pathFlags };
}
