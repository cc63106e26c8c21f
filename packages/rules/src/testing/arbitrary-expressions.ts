// SPDX-License-Identifier: Apache-2.0
// Random expressions that parse, as text: all tokens of the language, any nesting, any white space
// between tokens, and comments wherever white space may be. What they mean does not matter.

import fc from 'fast-check';

const literal = fc.constantFrom(
  ...['"x"', '"/etc/passwd"', '"a # b"', '"// c"', '"${x} and %{y.z}"', '"[,](&&)"', '""'],
  ...['~"/etc/*"', '~"*"', 'r"^a\\"b"', 'r"[0-9]+"', '1', '-3', '+7', '0', '5s', '10m', '500ms'],
  ...[
    '${v}',
    '${process.pid}',
    '%{open.file.path}',
    '10.0.0.1',
    '192.168.0.0/16',
    '::1',
    '2001::/16',
  ],
  ...['a', 'open.file.path', 'process.ancestors[A].file.name', 'O_CREAT', 'b.length', 'long.name'],
);

const member = [
  fc.constantFrom('"a"', '~"b*"', 'r"c"', '"a long member of a list"'),
  fc.constantFrom('1', '-2', '3'),
  fc.constantFrom('O_RDONLY', 'O_WRONLY'),
  fc.constantFrom('10.0.0.0/8', '::1'),
];

const list = fc
  .oneof(...member.map((kind) => fc.array(kind, { minLength: 1, maxLength: 12 })))
  .map((members) => [
    '[',
    ...members.flatMap((text, index) => (index === 0 ? [text] : [',', text])),
    ']',
  ]);

type Tokens = readonly string[];

/** Operators of several characters may be written apart. */
function operator(...texts: readonly string[]): fc.Arbitrary<Tokens> {
  return fc.constantFrom(
    ...texts.flatMap((text): Tokens[] => [
      [text],
      [text],
      /^\W\W$/.test(text) ? [...text] : [text],
    ]),
  );
}

const { expression } = fc.letrec<{
  expression: Tokens;
  comparison: Tokens;
  sum: Tokens;
  unary: Tokens;
}>((tie) => ({
  expression: fc
    .array(fc.tuple(operator('&&', '||', 'and', 'or'), tie('comparison')), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.flatMap(([sign, part], at) => (at === 0 ? part : [...sign, ...part]))),
  comparison: fc.oneof(
    { depthSize: 'small' },
    tie('sum'),
    fc
      .tuple(tie('sum'), operator('==', '!=', '<', '<=', '>', '>=', '=~', '!~'), tie('sum'))
      .map(([left, sign, right]) => [...left, ...sign, ...right]),
    fc
      .tuple(
        tie('sum'),
        fc.constantFrom(['in'], ['not', 'in'], ['allin']),
        fc.oneof(list, fc.constantFrom(['L'], ['${v}'], ['%{f}'], ['10.0.0.0/8'])),
      )
      .map(([left, sign, right]) => [...left, ...sign, ...right]),
  ),
  sum: fc.oneof(
    { depthSize: 'small' },
    tie('unary'),
    fc
      .tuple(tie('unary'), fc.constantFrom('+', '-', '&', '|', '^'), tie('unary'))
      .map(([left, sign, right]) => [...left, sign, ...right]),
  ),
  unary: fc.oneof(
    { depthSize: 'small' },
    literal.map((text) => [text]),
    fc
      .tuple(fc.constantFrom('!', 'not', '-', '^'), tie('unary'))
      .map(([sign, operand]) => [sign, ...operand]),
    tie('expression').map((inner) => ['(', ...inner, ')']),
  ),
}));

const space = fc.constantFrom(' ', ' ', '  ', '\n', '\t', '\n\n');
const comment = fc.constantFrom(' # why\n', '\n# own\n', '\n\n  // apart\n\n', ' #one\n# two\n');

/** Puts something between the tokens, over and over; operators stay whole. */
function joinTokens(tokens: readonly string[], gaps: readonly string[]): string {
  return tokens
    .map((token, index) => token + gaps[index % gaps.length])
    .join('')
    .trim();
}

/** An expression twice, with white space in different places. */
export const arbitrarySpacing: fc.Arbitrary<readonly [string, string]> = fc
  .tuple(expression, fc.array(space, { minLength: 1, maxLength: 12 }))
  .map(([tokens, spaces]) => [joinTokens(tokens, [' ']), joinTokens(tokens, spaces)]);

/** An expression with white space and comments between its tokens. */
export const arbitraryExpression: fc.Arbitrary<string> = fc
  .tuple(
    expression,
    fc.array(fc.oneof({ weight: 12, arbitrary: space }, { weight: 1, arbitrary: comment }), {
      minLength: 1,
      maxLength: 20,
    }),
    fc.constantFrom('', '', ' # end', '\n# end\n'),
  )
  .map(([tokens, gaps, end]) => joinTokens(tokens, gaps) + end);
