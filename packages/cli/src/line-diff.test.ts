// SPDX-License-Identifier: Apache-2.0
// What a difference looks like, and that both texts can be read out of it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { diffLines } from './line-diff.ts';

function show(before: string, after: string): string {
  return diffLines(before, after)
    .map(({ before: from, after: to, lines }) => {
      return `@${from},${to} ${lines.map(({ sign, text }) => sign + text).join('|')}`;
    })
    .join(' ');
}

function number(count: number, change: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, index) => `${change[index + 1] ?? index + 1}\n`).join(
    '',
  );
}

describe('a difference', () => {
  it('of equal texts is nothing', () => {
    assert.deepEqual(diffLines('a\nb\n', 'a\nb\n'), []);
    assert.deepEqual(diffLines('', ''), []);
  });

  it('has two lines around what changed', () => {
    assert.equal(show(number(9), number(9, { 5: 'x' })), '@3,3  3| 4|-5|+x| 6| 7');
    assert.equal(show(number(3), number(3, { 1: 'x' })), '@1,1 -1|+x| 2| 3');
    assert.equal(show(number(3), number(3, { 3: 'x' })), '@1,1  1| 2|-3|+x');
  });

  it('joins changes that are near, and parts those that are far', () => {
    assert.equal(
      show(number(12), number(12, { 3: 'x', 8: 'y' })),
      '@1,1  1| 2|-3|+x| 4| 5| 6| 7|-8|+y| 9| 10',
    );
    assert.equal(
      show(number(12), number(12, { 3: 'x', 9: 'y' })),
      '@1,1  1| 2|-3|+x| 4| 5 @7,7  7| 8|-9|+y| 10| 11',
    );
  });

  it('counts lines of both texts', () => {
    const after = `x\ny\n${number(9, { 8: 'z' })}`;
    assert.equal(show(number(9), after), '@1,1 +x|+y| 1| 2 @6,8  6| 7|-8|+z| 9');
  });

  it('shows a missing line break at the end', () => {
    assert.equal(show('a', 'a\n'), '@1,1  a|-\\ no line break at the end of the file');
  });

  it('of texts too long to compare is all of both', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => index);
    const [hunk] = diffLines(`${lines.join('\n')}\n`, `${lines.toReversed().join('\n')}\n`);
    assert.equal(hunk?.lines.length, 6000);
  });
});

it('both texts can be read out of a difference', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      let [atBefore, atAfter] = [0, 0];
      const [old, now] = [before.split('\n').slice(0, -1), after.split('\n').slice(0, -1)];
      for (const hunk of diffLines(before, after)) {
        // What lies between two hunks is the same in both.
        const skipped = hunk.before - 1 - atBefore;
        assert.deepEqual(
          old.slice(atBefore, atBefore + skipped),
          now.slice(atAfter, atAfter + skipped),
        );
        [atBefore, atAfter] = [hunk.before - 1, atAfter + skipped];
        assert.equal(atAfter, hunk.after - 1);
        for (const { sign, text: line } of hunk.lines) {
          if (sign !== '+') assert.equal(old[atBefore++], line);
          if (sign !== '-') assert.equal(now[atAfter++], line);
        }
      }
      assert.deepEqual(old.slice(atBefore), now.slice(atAfter));
    }),
  );
});
