// SPDX-License-Identifier: Apache-2.0
// What is suggested for the slips that other languages teach, and that none is where none was made.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createPlainExpression } from '../source-text.ts';
import { parseExpression } from './parser.ts';

function advise(expression: string): string | null {
  return parseExpression(createPlainExpression('test', expression)).problem?.advice ?? null;
}

const duration = 'a duration is digits and ms, s, m or h, without a space: write ';

const cases: readonly (readonly [string, string])[] = [
  ['a == 1 AND b == 2', 'it is written "and" or &&'],
  ['a == 1 Or b == 2', 'it is written "or" or ||'],
  ['NOT a == 1', 'it is written "not" or !'],
  ['a == 1 && NOT b == 2', 'it is written "not" or !'],
  ['a IN [1]', 'it is written "in"'],
  ['a notin [1]', 'it is written "not in"'],
  ['a matches "x"', 'a pattern is compared by =~ "/etc/*", a regular expression by =~ r"^x"'],
  ['a startsWith "x"', 'write =~ "text*"'],
  ['a = 1', 'equality is written =='],
  ['a === 1', 'equality is written =='],
  ['a <> 1', 'inequality is written !='],
  ['a < 5d', `${duration}120h`],
  ['a < 2weeks && b', `${duration}336h`],
  ['a < 10min', `${duration}10m`],
  ['a < 10min && b == 1', `${duration}10m`],
  ['a < 10minutes', `${duration}10m`],
  ['a < 5 s', `${duration}5s`],
  ['a < 5 s && b == 1', `${duration}5s`],
  ['a < 5sec', `${duration}5s`],
  ['a < 5S', `${duration}5s`],
  ['a == 0x1f', 'numbers are decimal: write 31'],
  ['a == 0o644 && b', 'numbers are decimal: write 420'],
  ['a & 0b11 > 0', 'numbers are decimal: write 3'],
  ['a == 1_000', 'write 1000'],
  ['a in ("x", "y")', 'a list stands in brackets, as in ["a", "b"]'],
  ['a in "x"', 'a list stands in brackets, as in ["a", "b"]'],
  ['a in [5s]', 'durations stand in no list: compare with each by =='],
  ['a in []', 'a list has at least one member and no comma at its end'],
  ['a in', 'the expression stops too early'],
  ['a == 5s b', 'check the operators and parentheses before this place'],
  ['a == 0 constructor', 'check the operators and parentheses before this place'],
  ['a == 1 toString', 'check the operators and parentheses before this place'],
  ['a and and b', 'check the operators and parentheses before this place'],
];

for (const [expression, advice] of cases) {
  it(expression, () => assert.equal(advise(expression), advice));
}
