// SPDX-License-Identifier: Apache-2.0
// Sets of names behave as sets, checked name by name.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filterNameBytesMax } from '@fimbul/schema';
import fc from 'fast-check';
import {
  hasName,
  includesNames,
  intersectNames,
  isAllNames,
  isEmptyNames,
  isLongName,
  makeExcept,
  makeOnly,
  type NameSet,
  uniteAllNames,
  uniteNames,
} from './name-set.ts';

const long = 'x'.repeat(filterNameBytesMax + 1);
const universe = ['a', 'b', 'c', 'x'.repeat(filterNameBytesMax), long];

const arbitraryNames = fc.subarray(universe);
const arbitrarySet = fc.oneof(arbitraryNames.map(makeOnly), arbitraryNames.map(makeExcept));

/** All long names are one to a set. */
function contains(set: NameSet, name: string): boolean {
  return isLongName(name) ? set.long : hasName(set, name);
}

const everyName = [...universe, 'd', `${long}y`];

describe('name sets', () => {
  it('intersect and unite name by name', () => {
    fc.assert(
      fc.property(arbitrarySet, arbitrarySet, (left, right) => {
        for (const name of everyName) {
          const both = contains(left, name) && contains(right, name);
          const either = contains(left, name) || contains(right, name);
          assert.equal(contains(intersectNames(left, right), name), both);
          assert.equal(contains(uniteNames(left, right), name), either);
        }
      }),
    );
  });

  it('unite many as they unite two by two', () => {
    fc.assert(
      fc.property(fc.array(arbitrarySet), (sets) => {
        for (const name of everyName) {
          const expected = sets.some((set) => contains(set, name));
          assert.equal(contains(uniteAllNames(sets), name), expected);
        }
      }),
    );
  });

  it('include each other only when every name is included', () => {
    fc.assert(
      fc.property(arbitrarySet, arbitrarySet, (outer, inner) => {
        const expected = everyName.every((name) => contains(outer, name) || !contains(inner, name));
        assert.equal(includesNames(outer, inner), expected);
      }),
    );
  });

  it('know when they are empty or full', () => {
    assert.equal(isEmptyNames(makeOnly([])), true);
    assert.equal(isEmptyNames(makeOnly([long])), false);
    assert.equal(isAllNames(makeExcept([])), true);
    assert.equal(isAllNames(makeExcept([long])), true);
    assert.equal(isAllNames(makeExcept(['a'])), false);
  });
});
