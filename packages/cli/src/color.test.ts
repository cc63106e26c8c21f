// SPDX-License-Identifier: Apache-2.0
// When output is coloured.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { wantsColor } from './color.ts';

const { NO_COLOR: noColor, FORCE_COLOR: forceColor } = process.env;

function set(name: 'NO_COLOR' | 'FORCE_COLOR', value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

afterEach(() => {
  set('NO_COLOR', noColor);
  set('FORCE_COLOR', forceColor);
});

const cases: readonly (readonly [no: string, force: string, terminal: boolean, wanted: boolean])[] =
  [
    ['', '', true, true],
    ['', '', false, false],
    ['1', '', true, false],
    ['0', '', true, false],
    ['', '1', false, true],
    ['', '0', true, false],
    ['1', '1', true, false],
  ];

for (const [no, force, isTTY, wanted] of cases) {
  test(`NO_COLOR="${no}" FORCE_COLOR="${force}" ${isTTY ? 'terminal' : 'file'}: ${wanted}`, () => {
    set('NO_COLOR', no);
    set('FORCE_COLOR', force);
    assert.equal(wantsColor({ isTTY }), wanted);
  });
}

test('a stream that does not say is no terminal', () => {
  set('NO_COLOR', undefined);
  set('FORCE_COLOR', undefined);
  assert.equal(wantsColor({}), false);
});
