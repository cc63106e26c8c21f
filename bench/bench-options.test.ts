// SPDX-License-Identifier: Apache-2.0
// The command line of `npm run bench`.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBenchCommand } from './bench-options.ts';

const known = ['load', 'quiet'];

describe('readBenchCommand', () => {
  it('takes names and options in any order', () => {
    assert.deepEqual(
      readBenchCommand(['load', '--seconds', '5', 'quiet', '--workload=git'], known),
      {
        names: ['load', 'quiet'],
        options: { seconds: 5, workloads: ['git'] },
      },
    );
    assert.deepEqual(readBenchCommand([], known), {
      names: [],
      options: { seconds: null, workloads: [] },
    });
  });

  it('refuses names that it does not know', () => {
    assert.throws(
      () => readBenchCommand(['fast'], known),
      /no benchmark fast; there are load, quiet/,
    );
  });

  it('refuses what is no time', () => {
    for (const text of ['x', '0', '', '0.5']) {
      assert.throws(
        () => readBenchCommand([`--seconds=${text}`], known),
        /is no number of seconds/,
      );
    }
  });
});
