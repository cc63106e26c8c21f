// SPDX-License-Identifier: Apache-2.0
// Layouts by hand, and what every layout promises.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { computeLayout, type MemberType, type ScalarType, type StructSpec } from './layout.ts';

function makeStruct(members: Readonly<Record<string, MemberType>>): StructSpec {
  return {
    name: 'sample',
    comment: '',
    members: Object.entries(members).map(([name, type]) => ({ name, type, comment: '' })),
  };
}

const scalar = (type: ScalarType): MemberType => ({ kind: 'scalar', scalar: type });
const bytes = (length: number): MemberType => ({ kind: 'bytes', length });

/** Members as `name@offset+size`, then the size and the alignment of the whole. */
function describeLayout(members: Readonly<Record<string, MemberType>>): string {
  const layout = computeLayout(makeStruct(members));
  const places = layout.members.map(({ name, offset, size }) => `${name}@${offset}+${size}`);
  return `${places.join(' ')} = ${layout.size}/${layout.alignment}`;
}

const cases: readonly (readonly [
  what: string,
  members: Readonly<Record<string, MemberType>>,
  layout: string,
])[] = [
  [
    'members that fit follow each other without a pad',
    { a: scalar('u32'), b: scalar('s32'), c: scalar('u64') },
    'a@0+4 b@4+4 c@8+8 = 16/8',
  ],
  [
    'a gap before a wider member becomes a pad of its own',
    { a: scalar('u8'), b: scalar('u32') },
    'a@0+1 pad_0@1+3 b@4+4 = 8/4',
  ],
  [
    'the end is padded to the alignment of the widest member',
    { a: scalar('s64'), b: scalar('u16') },
    'a@0+8 b@8+2 pad_0@10+6 = 16/8',
  ],
  [
    'pads are numbered',
    { a: scalar('u8'), b: scalar('u16'), c: scalar('u8'), d: scalar('u32'), e: scalar('u8') },
    'a@0+1 pad_0@1+1 b@2+2 c@4+1 pad_1@5+3 d@8+4 e@12+1 pad_2@13+3 = 16/4',
  ],
  ['bytes are aligned to one', { a: scalar('u8'), b: bytes(3) }, 'a@0+1 b@1+3 = 4/1'],
  [
    'an array is aligned to its element and as long as all of them',
    { a: scalar('u8'), b: { kind: 'array', scalar: 'u16', length: 3 } },
    'a@0+1 pad_0@1+1 b@2+6 = 8/2',
  ],
  [
    'a nested struct brings its own alignment and its own pads',
    {
      a: scalar('u8'),
      b: { kind: 'struct', struct: makeStruct({ x: scalar('u64'), y: scalar('u8') }) },
      c: scalar('u8'),
    },
    'a@0+1 pad_0@1+7 b@8+16 c@24+1 pad_1@25+7 = 32/8',
  ],
  ['a struct without members is empty', {}, ' = 0/1'],
];

for (const [what, members, layout] of cases) {
  test(what, () => assert.equal(describeLayout(members), layout));
}

const anyScalar = fc.constantFrom<ScalarType>('u8', 'u16', 'u32', 'u64', 's32', 's64');
const anyType = fc.oneof(
  anyScalar.map(scalar),
  fc.integer({ min: 1, max: 20 }).map(bytes),
  fc.array(anyScalar, { minLength: 1, maxLength: 4 }).map((inner): MemberType => {
    const entries = inner.map((type, index) => [`inner_${index}`, scalar(type)] as const);
    return { kind: 'struct', struct: makeStruct(Object.fromEntries(entries)) };
  }),
);

test('every byte of a struct belongs to exactly one member, in order', () => {
  const property = fc.property(fc.array(anyType, { maxLength: 12 }), (types) => {
    const entries = types.map((type, index) => [`member_${index}`, type] as const);
    const { members, size, alignment } = computeLayout(makeStruct(Object.fromEntries(entries)));
    let end = 0;
    for (const { offset, size: length } of members) {
      assert.equal(offset, end);
      end += length;
    }
    assert.equal(size, end);
    assert.equal(size % alignment, 0);
    const named = members.filter(({ name }) => name.startsWith('member_'));
    assert.deepEqual(
      named.map(({ name }) => name),
      entries.map(([name]) => name),
    );
    // No gap is wider than the alignment can ask for.
    for (const { name, size: length } of members) {
      if (name.startsWith('pad_')) assert.ok(length < 8);
    }
  });
  fc.assert(property, { numRuns: 200 });
});
