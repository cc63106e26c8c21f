// SPDX-License-Identifier: Apache-2.0
// How a kernel struct is laid out, computed once. Members are fixed-width, little-endian, aligned
// to their size; gaps become explicit pads, so that no byte of a record is ever uninitialised by
// accident and the C compiler and this table can be held against each other member by member.

export type ScalarType = 'u8' | 'u16' | 'u32' | 'u64' | 's32' | 's64';

export type MemberType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'bytes'; readonly length: number }
  | { readonly kind: 'array'; readonly scalar: ScalarType; readonly length: number }
  | { readonly kind: 'struct'; readonly struct: StructSpec };

export type MemberSpec = {
  readonly name: string;
  readonly type: MemberType;
  readonly comment: string;
};

export type StructSpec = {
  readonly name: string;
  readonly comment: string;
  readonly members: readonly MemberSpec[];
};

export type PlacedMember = MemberSpec & { readonly offset: number; readonly size: number };

export type StructLayout = {
  readonly spec: StructSpec;
  readonly members: readonly PlacedMember[];
  readonly size: number;
  readonly alignment: number;
};

const scalarSizes: Readonly<Record<ScalarType, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  s32: 4,
  s64: 8,
};

function measure(type: MemberType): { size: number; alignment: number } {
  switch (type.kind) {
    case 'scalar':
      return { size: scalarSizes[type.scalar], alignment: scalarSizes[type.scalar] };
    case 'bytes':
      return { size: type.length, alignment: 1 };
    case 'array':
      return {
        size: scalarSizes[type.scalar] * type.length,
        alignment: scalarSizes[type.scalar],
      };
    case 'struct': {
      const layout = computeLayout(type.struct);
      return { size: layout.size, alignment: layout.alignment };
    }
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Places the members of a struct and inserts the pads that C would insert silently. */
export function computeLayout(spec: StructSpec): StructLayout {
  const members: PlacedMember[] = [];
  let offset = 0;
  let alignment = 1;
  let padCount = 0;
  const pad = (until: number): void => {
    if (until === offset) return;
    const size = until - offset;
    const type: MemberType = { kind: 'bytes', length: size };
    members.push({ name: `pad_${padCount++}`, type, comment: '', offset, size });
    offset = until;
  };
  for (const member of spec.members) {
    const measured = measure(member.type);
    alignment = Math.max(alignment, measured.alignment);
    pad(roundUp(offset, measured.alignment));
    members.push({ ...member, offset, size: measured.size });
    offset += measured.size;
  }
  pad(roundUp(offset, alignment));
  return { spec, members, size: offset, alignment };
}
