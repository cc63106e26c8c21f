// SPDX-License-Identifier: Apache-2.0
// The model of the kernel filter, table by table.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OperationFilter } from '@fimbul/schema';
import { filterEvent, type VisibleEvent } from './filter-model.ts';

const filter: OperationFilter = {
  operation: 'rename',
  lanes: 0b111n,
  source: { names: new Map([['a', 0b001n]]), otherNames: 0b010n, longNames: 0b100n },
  destination: { names: new Map([['b', 0b110n]]), otherNames: 0b001n, longNames: 0n },
  flags: { bits: [1, 3], masks: [0b111n, 0b011n, 0b101n, 0b001n] },
  failures: 'permission',
};

const event: VisibleEvent = { sourceName: null, destinationName: null, flags: 0, result: 0n };

function run(change: Partial<VisibleEvent>, failures: 'permission' | 'all' = 'permission'): bigint {
  return filterEvent({ ...filter, failures }, { ...event, ...change });
}

describe('filterEvent', () => {
  it('keeps all lanes when it sees nothing', () => assert.equal(run({}), 0b111n));
  it('looks up listed, other and long names', () => {
    assert.equal(run({ sourceName: 'a' }), 0b001n);
    assert.equal(run({ sourceName: '' }), 0b010n);
    assert.equal(run({ sourceName: 'x'.repeat(59) }), 0b010n);
    assert.equal(run({ sourceName: 'x'.repeat(60) }), 0b100n);
  });
  it('ands the tables of both files', () => {
    assert.equal(run({ sourceName: 'a', destinationName: 'c' }), 0b001n);
    assert.equal(run({ sourceName: 'a', destinationName: 'b' }), 0n);
  });
  it('indexes the flags by the tracked bits alone', () => {
    assert.equal(run({ flags: 0b0101 }), 0b111n);
    assert.equal(run({ flags: 0b0010 }), 0b011n);
    assert.equal(run({ flags: 0b1000 }), 0b101n);
    assert.equal(run({ flags: 0b1111 }), 0b001n);
  });
  it('drops failures that no rule wants', () => {
    assert.equal(run({ result: -2n }), 0n);
    assert.equal(run({ result: -2n }, 'all'), 0b111n);
    assert.equal(run({ result: -13n }), 0b111n);
    assert.equal(run({ result: -1n }), 0b111n);
  });
});
