// SPDX-License-Identifier: Apache-2.0
// The C header and the TypeScript offsets describe the same bytes: a C program writes a value of
// its own into every member by its name, and each is read back here from the generated offset.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { writeCHeader } from '../codegen/c-header.ts';
import { filterValues } from '../event/filter-values.ts';
import {
  cgroupKinds,
  counterNames,
  pathFlags,
  pathSources,
  recordKinds,
  troubleNames,
} from './enums.ts';
import { computeLayout, type MemberType, type StructSpec } from './layout.ts';
import { kernelLimits } from './limits.ts';
import * as generated from './offsets.gen.ts';
import { structs } from './records.ts';

type Offsets = { readonly [key: string]: number | Offsets };

type Leaf = {
  /** As C names it: `header.process.pid`, `operands[3]`. */
  readonly name: string;
  readonly type: Exclude<MemberType, { kind: 'struct' | 'array' }>;
  readonly offset: number;
};

const head = `#include <stdio.h>\n#include <string.h>\n${writeCHeader()}`;

const widths = { u8: 1, u16: 2, u32: 4, u64: 8, s32: 4, s64: 8 } as const;

/** Compiles a program with clang and returns the bytes that it writes. */
function runC(source: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-c-'));
  try {
    const program = join(directory, 'program');
    const flags = ['-Wall', '-Wextra', '-Werror', '-x', 'c', '-o', program, '-'];
    execFileSync('clang', flags, { input: source });
    return execFileSync(program);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function toCamelCase(name: string): string {
  return name.replace(/_[a-z0-9]/g, (match) => match.slice(1).toUpperCase());
}

function getOffsets(spec: StructSpec): Offsets {
  const all: Readonly<Record<string, Offsets>> = generated;
  const offsets = all[`${toCamelCase(spec.name)}Offsets`];
  assert.ok(offsets, `no offsets were generated for struct ${spec.name}`);
  return offsets;
}

/** Members that hold a value, with the offset that was generated for them. */
function listLeaves(spec: StructSpec, offsets: Offsets, prefix = ''): Leaf[] {
  return spec.members.flatMap(({ name, type }) => {
    const offset = offsets[toCamelCase(name)];
    assert.ok(offset !== undefined, `no offset was generated for ${spec.name}.${name}`);
    if (type.kind === 'struct') {
      assert.ok(typeof offset === 'object');
      return listLeaves(type.struct, offset, `${prefix}${name}.`);
    }
    assert.ok(typeof offset === 'number');
    if (type.kind === 'array') {
      const element = { kind: 'scalar', scalar: type.scalar } as const;
      return Array.from({ length: type.length }, (_, at) => ({
        name: `${prefix}${name}[${at}]`,
        type: element,
        offset: offset + at * widths[type.scalar],
      }));
    }
    return [{ name: `${prefix}${name}`, type, offset }];
  });
}

/** A value that no other member has, with its sign bit set. */
function makeValue(index: number): bigint {
  const own = BigInt(index) * 0x0101_0101_0101_0101n + 0xa5n;
  return 0x8000_0000_0000_0000n | BigInt.asUintN(63, own);
}

function makeByte(leafIndex: number, index: number): number {
  return ((leafIndex * 31 + index * 7) % 255) + 1;
}

function writeAssignments(leaf: Leaf, index: number): string[] {
  const { name, type } = leaf;
  if (type.kind === 'scalar')
    return [`value.${name} = (__typeof__(value.${name}))${makeValue(index)}ULL;`];
  return Array.from(
    { length: type.length },
    (_, position) => `value.${name}[${position}] = (char)${makeByte(index, position)};`,
  );
}

function writeProgram(): string {
  const blocks = structs.map((spec) => {
    const leaves = listLeaves(spec, getOffsets(spec));
    return [
      '{',
      `struct ${spec.name} value;`,
      'memset(&value, 0, sizeof(value));',
      ...leaves.flatMap(writeAssignments),
      'fwrite(&value, sizeof(value), 1, stdout);',
      '}',
    ].join('\n');
  });
  return `${head}int main(void)\n{\n${blocks.join('\n')}\nreturn 0;\n}\n`;
}

describe('structs that C wrote', () => {
  const images = new Map<StructSpec, Buffer>();

  before(() => {
    const output = runC(writeProgram());
    let start = 0;
    for (const spec of structs) {
      const { size } = getOffsets(spec);
      assert.ok(typeof size === 'number');
      images.set(spec, output.subarray(start, start + size));
      start += size;
    }
    assert.equal(output.length, start, 'the sizes differ');
  });

  for (const spec of structs) {
    it(`are read back by the generated offsets: ${spec.name}`, () => {
      const image = images.get(spec);
      assert.ok(image);
      listLeaves(spec, getOffsets(spec)).forEach(({ name, type, offset }, index) => {
        if (type.kind === 'scalar') {
          const width = widths[type.scalar];
          const bytes = image.subarray(offset, offset + width).toReversed();
          const read = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
          assert.equal(read, BigInt.asUintN(8 * width, makeValue(index)), name);
        } else {
          const expected = Array.from({ length: type.length }, (_, at) => makeByte(index, at));
          assert.deepEqual([...image.subarray(offset, offset + type.length)], expected, name);
        }
      });
    });
  }
});

it('what is generated has the members of the tables and no other', () => {
  const check = (spec: StructSpec, offsets: Offsets, first: string): void => {
    const names = spec.members.map(({ name }) => toCamelCase(name));
    assert.deepEqual(Object.keys(offsets), [first, ...names]);
    for (const { name, type } of spec.members) {
      if (type.kind === 'struct') check(type.struct, offsets[toCamelCase(name)] as Offsets, 'at');
    }
  };
  for (const spec of structs) check(spec, getOffsets(spec), 'size');
  assert.equal(Object.keys(generated).length, structs.length);
});

it('numbers have the same names and values in C', () => {
  const numbered = (prefix: string, names: readonly string[]) =>
    [...names, 'count'].map((name, index) => [`${prefix}${name.toUpperCase()}`, index] as const);
  const expected = [
    ...numbered('RECORD_', recordKinds),
    ...numbered('PATH_SOURCE_', pathSources),
    ...numbered('CGROUP_', cgroupKinds),
    ...numbered('COUNTER_', counterNames),
    ...numbered('TROUBLE_', troubleNames),
    ...numbered('FILTER_VALUE_', filterValues),
    ...Object.entries(pathFlags).map(([name, value]) => [`PATH_${name}`, value] as const),
    ...Object.entries(kernelLimits),
  ];
  const lines = expected.map(([name]) => `printf("%lld\\n", (long long)${name});`);
  const main = `${head}int main(void) {\n${lines.join('\n')}\n}`;
  const output = runC(main).toString();
  assert.deepEqual(
    output.trim().split('\n').map(Number),
    expected.map(([, value]) => value),
  );
});

it('every record starts with its header', () => {
  for (const kind of recordKinds) {
    const spec = structs.find(({ name }) => name === `${kind}_record`);
    assert.ok(spec, `no struct for ${kind}`);
    assert.equal(computeLayout(spec).members[0]?.name, 'header');
  }
});
