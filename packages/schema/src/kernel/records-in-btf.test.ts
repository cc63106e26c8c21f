// SPDX-License-Identifier: Apache-2.0
// The built BPF object lays out records as the tables say. What is compared is its BTF: what clang
// made of the structs when it compiled the programs, whatever header they saw.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { computeLayout, type MemberType } from './layout.ts';
import { structs } from './records.ts';

const built = fileURLToPath(new URL('../../../../build/bpf', import.meta.url));
const objectPath = `${process.env.FIMBUL_BPF_DIRECTORY ?? built}/fimbul.bpf.o`;

/** As `bpftool btf dump -j` writes a type. */
type BtfType = {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly nr_elems?: number;
  readonly nr_bits?: number;
  readonly encoding?: string;
  readonly members?: readonly { name: string; type_id: number; bits_offset: number }[];
};

describe('BTF of the tracepoint object', () => {
  const types = new Map<number, BtfType>();

  before(() => {
    const output = execFileSync('bpftool', ['--json', 'btf', 'dump', 'file', objectPath], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    for (const type of (JSON.parse(output) as { types: BtfType[] }).types) types.set(type.id, type);
  });

  /** What a type is in C: `u32`, `s64`, `16 bytes`, `8 × u16`, `struct text_ref`. */
  function describeType(id: number | undefined): string {
    const type = types.get(id ?? -1);
    assert.ok(type, `no type ${id}`);
    switch (type.kind) {
      case 'TYPEDEF':
        return describeType(type.type_id);
      case 'INT':
        // `char` is signed on one machine and not on another.
        if (type.nr_bits === 8) return 'byte';
        return `${type.encoding === 'SIGNED' ? 's' : 'u'}${type.nr_bits}`;
      case 'ARRAY':
        return `${type.nr_elems} × ${describeType(type.type_id)}`;
      default:
        return `${type.kind.toLowerCase()} ${type.name}`;
    }
  }

  function describeMember(type: MemberType): string {
    switch (type.kind) {
      case 'scalar':
        return type.scalar === 'u8' ? 'byte' : type.scalar;
      case 'bytes':
        return `${type.length} × byte`;
      case 'array':
        return `${type.length} × ${describeMember({ kind: 'scalar', scalar: type.scalar })}`;
      case 'struct':
        return `struct ${type.struct.name}`;
    }
  }

  for (const spec of structs) {
    it(`has struct ${spec.name} as the table lays it out`, () => {
      const found = [...types.values()].filter(
        ({ kind, name }) => kind === 'STRUCT' && name === spec.name,
      );
      assert.equal(found.length, 1, `found ${found.length} times`);
      const layout = computeLayout(spec);
      assert.equal(found[0]?.size, layout.size);
      assert.deepEqual(
        found[0]?.members?.map(({ name, type_id, bits_offset }) => ({
          name,
          type: describeType(type_id),
          offset: bits_offset / 8,
        })),
        layout.members.map(({ name, type, offset }) => ({
          name,
          type: describeMember(type),
          offset,
        })),
      );
    });
  }
});
