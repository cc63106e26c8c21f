// SPDX-License-Identifier: Apache-2.0
// The layout of expressions, by examples, and two properties on generated ones: the tokens, the
// tree and the comments stay, and formatting what is formatted changes nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMacro } from '../1-parse/parser.ts';
import { formatTree } from '../1-parse/tree.ts';
import { createPlainExpression } from '../source-text.ts';
import { arbitraryExpression, arbitrarySpacing } from '../testing/arbitrary-expressions.ts';
import { formatExpression, haveSameTokens, listComments } from './format-expression.ts';

function format(text: string, width = 100): string {
  const formatted = formatExpression(createPlainExpression('x', text));
  assert.equal(formatted.kind, 'formatted', text);
  return formatted.kind === 'formatted' ? formatted.print(width).join('\n') : '';
}

function readTree(text: string): string {
  const { tree } = parseMacro(createPlainExpression('x', text));
  return tree ? formatTree(tree) : 'broken';
}

describe('spaces', () => {
  const cases: readonly (readonly [written: string, formatted: string])[] = [
    ['a=="x"&&b!="y"', 'a == "x" && b != "y"'],
    ['a  in[ "x",\n~"y" ,r"z" ]', 'a in ["x", ~"y", r"z"]'],
    ['a not   in L or not b', 'a not in L or not b'],
    ['( a==1 )', '(a == 1)'],
    ['!(a)&&! b', '!(a) && !b'],
    ['open.flags&( O_CREAT | O_TRUNC )>0', 'open.flags & (O_CREAT|O_TRUNC) > 0'],
    ['(a)|b', '(a) | b'],
    ['a ^ b - c+d', 'a ^ b - c + d'],
    ['^a == ^ 0', '^a == ^0'],
    ['a = = "x" & & b', 'a == "x" && b'],
    ['${ab.c}in %{d.e}', '${ab.c} in %{d.e}'],
    ['a in[10.0.0.0/8,::1]', 'a in [10.0.0.0/8, ::1]'],
    ['a.b[A]>5s', 'a.b[A] > 5s'],
  ];
  for (const [written, formatted] of cases) {
    it(formatted, () => assert.equal(format(written), formatted));
  }

  it('stay where their absence would make other tokens', () => {
    assert.equal(format('a - 1 == - 5 && b > - 5s'), 'a - 1 == - 5 && b > - 5s');
    assert.equal(format('a - -3 == --3'), 'a - -3 == - -3');
    // `=~"x"` is `=` and a pattern, `=~ "x"` is `=~` and a string: both remain what they are.
    assert.equal(format('a =~"x" && b!~"y"'), 'a =~"x" && b !~"y"');
    assert.equal(format('a =~   "x" && b !~ "y"'), 'a =~ "x" && b !~ "y"');
  });
});

describe('lines', () => {
  it('break before each logical operator, parentheses inside only where they do not fit', () => {
    const text = 'aaaaaaaaaa == "x" && (bbbbbbbb == 1 || cccccccccc in [1, 2, 3]) && (d || e)';
    assert.equal(
      format(text, 40),
      [
        'aaaaaaaaaa == "x"',
        '&& (',
        '  bbbbbbbb == 1',
        '  || cccccccccc in [1, 2, 3]',
        ')',
        '&& (d || e)',
      ].join('\n'),
    );
    assert.equal(format(text, 75), text);
    assert.equal(format(text, 74).split('\n').length, 3);
  });

  it('are filled inside of lists', () => {
    assert.equal(
      format('a not in ["one", "two", "three", "four"]', 23),
      ['a not in [', '  "one", "two",', '  "three", "four"', ']'].join('\n'),
    );
  });

  it('do not indent twice for two parentheses', () => {
    assert.equal(
      format('((aaaaaaaaaa || bbbbbbbbbb))', 20),
      ['((', '  aaaaaaaaaa', '  || bbbbbbbbbb', '))'].join('\n'),
    );
  });
});

describe('comments', () => {
  it('behind an operator at the end of a line stay behind the operand', () => {
    assert.equal(format('a && # of a\nb || // of b\nc'), 'a # of a\n&& b // of b\n|| c');
  });

  it('on their own lines stay before what they are about', () => {
    const text = '# of a\na\n# of b\n&& b\n\n# of c\n|| c # beside c\n# at the end';
    assert.equal(format(text), text);
  });

  it('behind an operator that begins a line belong to its operand', () => {
    assert.equal(format('a\n&& # of b\nb'), 'a\n# of b\n&& b');
  });

  it('inside of a comparison move in front of it', () => {
    assert.equal(format('a && b == # why\n  "x" # yes'), 'a\n# why\n&& b == "x" # yes');
  });

  it('stand behind the comma in lists', () => {
    assert.equal(
      format('a in [ # all\n"b" # of b\n, "c", "d", # of d\n\n# of e\n"e"\n# last\n]'),
      [
        'a in [',
        '  # all',
        '  "b", # of b',
        '  "c", "d", # of d',
        '',
        '  # of e',
        '  "e"',
        '  # last',
        ']',
      ].join('\n'),
    );
  });

  it('keep lines apart, and empty lines between them', () => {
    assert.equal(format('a # one\n\n\n&& b'), 'a # one\n\n&& b');
    assert.equal(format('a\n\n&& b'), 'a && b');
  });
});

it('what does not parse is not formatted, and the reason is told', () => {
  const formatted = formatExpression(createPlainExpression('x', 'a == == b'));
  assert.equal(formatted.kind, 'broken');
  assert.equal(formatted.kind === 'broken' && formatted.problem.column, 6);
});

it('literals with line breaks or control characters keep the layout of their author', () => {
  for (const text of [
    'a == "x\ny"',
    'a == "\u0007"',
    'a == "\t"',
    'a == "\u2028"',
    'a == "\u202e"',
    'a # \ud800',
  ]) {
    assert.equal(formatExpression(createPlainExpression('x', text)).kind, 'kept', text);
  }
});

describe('generated expressions', () => {
  const width = fc.integer({ min: 10, max: 120 });

  it('keep their tokens, their tree and their comments', () => {
    fc.assert(
      fc.property(arbitraryExpression, width, (text, columns) => {
        const formatted = format(text, columns);
        assert.ok(haveSameTokens(text, formatted), formatted);
        assert.equal(readTree(formatted), readTree(text));
        assert.deepEqual(listComments(formatted), listComments(text));
      }),
      { numRuns: 400 },
    );
  });

  it('do not change when they are formatted again', () => {
    fc.assert(
      fc.property(arbitraryExpression, width, (text, columns) => {
        const once = format(text, columns);
        assert.equal(format(once, columns), once);
      }),
      { numRuns: 400 },
    );
  });

  it('look the same whatever their spaces were', () => {
    fc.assert(
      fc.property(arbitrarySpacing, width, ([one, other], columns) => {
        assert.equal(format(one, columns), format(other, columns));
      }),
    );
  });
});
