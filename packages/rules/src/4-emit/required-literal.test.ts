// SPDX-License-Identifier: Apache-2.0
// A required literal is in every string that the regular expression finds something in.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromByteString } from '@fimbul/schema';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { findRequiredLiteral } from './required-literal.ts';

describe('findRequiredLiteral', () => {
  const cases: readonly [string, string | null][] = [
    ['^/usr/lib/.*\\.so', '/usr/lib/'],
    ['passwd$', 'passwd'],
    ['abc+def', 'abc'],
    ['abcd?ef', 'abc'],
    ['abcd*', 'abc'],
    ['abcd{2}efgh', 'efgh'],
    ['abcd{2}ef', 'abc'],
    ['(foo|bar)suffix', 'suffix'],
    ['[a-z]middle[^]]x', 'middle'],
    ['a|bcdef', null],
    ['(?i)secret', null],
    ['((?i)a)secret', null],
    ['\\Qa.b\\E', null],
    ['\\x41bcd', null],
    ['ab', null],
    ['\u00e9xyz', 'xyz'],
    ['', null],
    ['[[:alpha:]]tail', 'tail'],
  ];
  for (const [regexp, expected] of cases) {
    it(`of ${JSON.stringify(regexp)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(findRequiredLiteral(regexp), expected);
    });
  }

  it('is in everything that matches', () => {
    const piece = fc.constantFrom(
      ...['abc', 'a', 'b', 'c', '.', '*', '+', '?', '|', '(', ')', '[ab]', '[^a]', '\\.', '^', '$'],
      ...[
        '{2}',
        '{0,1}',
        '{',
        '(?:',
        '(?i)',
        '\\w',
        '\\Q',
        '\\E',
        'é',
        '-',
        '[]a]',
        '}',
        '\\b',
        ' ',
      ],
    );
    const text = fc
      .array(fc.constantFrom('abc', 'a', 'b', 'c', 'A', '.', 'aa', 'é', '\xff', '', ' '), {
        maxLength: 6,
      })
      .map((parts) => parts.join(''));
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 7 }),
        fc.array(text, { minLength: 8, maxLength: 12 }),
        (pieces, values) => {
          const regexp = pieces.join('');
          const literal = findRequiredLiteral(regexp);
          let compiled: RE2JS;
          try {
            compiled = RE2JS.compile(regexp);
          } catch {
            return;
          }
          for (const value of values) {
            if (literal === null || !compiled.test(fromByteString(value).text)) continue;
            found++;
            assert.ok(value.includes(literal), `${regexp} finds ${value} without ${literal}`);
          }
        },
      ),
      { numRuns: 5000 },
    );
    assert.ok(found > 20, `only ${found} matches with a literal`);
  });
});
