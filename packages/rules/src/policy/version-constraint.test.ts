// SPDX-License-Identifier: Apache-2.0
// Constraints as policies write them, against versions of the language.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { languageVersion, satisfiesVersion } from './version-constraint.ts';

describe('satisfiesVersion', () => {
  const rows: readonly (readonly [string, string, boolean | null])[] = [
    ['>= 7.65', '7.83.0', true],
    ['>=7.65', '7.64.9', false],
    ['>= 7.65.0-rc.1', '7.83.0', true],
    ['< 7.83', '7.83.0', false],
    ['> 7.83', '7.83.1', false],
    ['7.x', '7.83.0', true],
    ['~7.83', '7.83.4', true],
    ['~> 7.83', '7.84.0', false],
    ['^7', '7.83.0', true],
    ['>= 7.50, < 7.80', '7.79.0', true],
    ['>= 7.50, < 7.80', '7.83.0', false],
    ['>= 7.50 , <7.80 || >= 7.83', '7.83.0', true],
    ['>=7.50 <7.80', '7.60.0', true],
    ['!= 7.83.0', '7.83.0', false],
    ['!= 7.83.0', '7.82.0', true],
    ['>= 7.50, != 7.60', '7.60.3', false],
    ['>= 7.50, != 7.60', '7.61.0', true],
    ['=> 7.83', '7.83.0', true],
    ['=< 7.83', '7.83.9', true],
    ['= 7.83.0', '7.83.0', true],
    ['7.50 - 7.83', '7.83.0', true],
    ['v7.83.0', '7.83.0', true],
    ['*', '7.83.0', true],
    ['', '7.83.0', null],
    ['seven', '7.83.0', null],
    ['>= 7.65 ||', '7.83.0', null],
    ['>>7', '7.83.0', null],
    ['!=', '7.83.0', null],
    [`>= ${'1'.repeat(300)}`, '7.83.0', null],
  ];
  for (const [constraint, version, expected] of rows) {
    it(`"${constraint.slice(0, 40)}" of ${version}: ${expected}`, () => {
      assert.equal(satisfiesVersion(constraint, version), expected);
    });
  }

  it('compares with the version of the language unless told otherwise', () => {
    assert.equal(satisfiesVersion(`= ${languageVersion}`), true);
  });
});
