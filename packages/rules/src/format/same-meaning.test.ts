// SPDX-License-Identifier: Apache-2.0
// Each way in which a formatter could change what a file means is found.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import { findDifference } from './same-meaning.ts';

function compare(before: string, after: string): string | null {
  const read = (text: string) => parseDocument(text, { keepSourceTokens: true });
  return findDifference(read(before), read(after));
}

describe('what differs', () => {
  const cases: readonly (readonly [before: string, after: string, difference: string])[] = [
    ['a: b', 'a: c', 'a value'],
    ['a: b', 'c: b', 'a value'],
    ['a: 1', 'a: "1"', 'a value'],
    ['a: 0x10', 'a: 16', 'a value'],
    ['a: null', 'a:', 'a value'],
    ['a: b', 'a:', 'a value'],
    ['a: |\n  b', 'a: |-\n  b', 'a value'],
    ['a: 1\nb: 2', 'b: 2\na: 1', 'a value'],
    ['a: 1\nb: 2', 'a: 1', 'a collection'],
    ['a: [b]', 'a: { b }', 'a collection'],
    ['a: [b]', 'a: [[b]]', 'a collection'],
    ['a: &x b', 'a: b', 'an anchor'],
    ['a: &x b', 'a: &y b', 'an anchor'],
    ['a: &x b\nc: *x', 'a: &x b\nc: b', 'an alias'],
    ['a: &x 1\nb: &y 1\nc: *x', 'a: &x 1\nb: &y 1\nc: *y', 'an alias'],
    ['a: !x b', 'a: b', 'a tag'],
    ['rules: [{ expression: a == b }]', 'rules: [{ expression: a == c }]', 'an expression'],
    ['rules: [{ expression: a - 1 }]', 'rules: [{ expression: a -1 }]', 'an expression'],
    ['rules: [{ expression: a }]', 'rules: [{ expression: 1 }]', 'an expression'],
    ['rules:\n- expression: |\n    a # b', 'rules:\n- expression: a', 'an expression'],
    ['cases: [{ expression: a==b }]', 'cases: [{ expression: a == b }]', 'a value'],
  ];
  for (const [before, after, difference] of cases) {
    it(`${JSON.stringify(before)}, ${JSON.stringify(after)}: ${difference}`, () => {
      assert.equal(compare(before, after), difference);
    });
  }
});

describe('what does not differ', () => {
  const cases: readonly (readonly [before: string, after: string])[] = [
    ['a: b', 'a:   "b" # c'],
    ['{ a: [b, c] }', 'a:\n- b\n- c'],
    ['{ a }', 'a:'],
    ['a: { b: }', 'a:\n  b:'],
    ['a: >-\n  b\n  c', 'a: b c'],
    ['rules: [{ expression: a==b }]', 'rules:\n  - expression: >-\n      a\n      == b'],
  ];
  for (const [before, after] of cases) {
    it(`${JSON.stringify(before)}, ${JSON.stringify(after)}`, () => {
      assert.equal(compare(before, after), null);
    });
  }
});
