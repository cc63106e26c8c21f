// SPDX-License-Identifier: Apache-2.0
// The model of the kernel filter, table by table.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OperationFilter, PathAutomaton } from '@fimbul/schema';
import { filterEvent, type VisibleEvent } from './filter-model.ts';

const filter: OperationFilter = {
  operation: 'rename',
  lanes: 0b111n,
  source: { names: new Map([['a', 0b001n]]), otherNames: 0b010n, longNames: 0b100n },
  destination: { names: new Map([['b', 0b110n]]), otherNames: 0b001n, longNames: 0n },
  values: [
    {
      classes: { kind: 'bits', value: 'flags', bits: [1, 3] },
      masks: [0b111n, 0b011n, 0b101n, 0b001n],
    },
    {
      classes: { kind: 'bounds', value: 'uid', lasts: [0, 999] },
      masks: [0b110n, 0b111n, 0b011n],
    },
    {
      classes: { kind: 'bounds', value: 'result', lasts: [0x7fff_ffff] },
      masks: [0b111n, 0b101n],
    },
  ],
  sourceRow: 0,
  destinationRow: 1,
  anySourcePath: 0n,
  anyDestinationPath: 0n,
  failures: 'permission',
  programRow: 0,
  anyProcess: -1n,
};

const edges = { exact: new Map<string, number>(), affixes: null, other: 0, long: 0 };

/** Below `/d` what is called `x`, begins with `l` or ends with `.so` has lanes. */
const paths: PathAutomaton = {
  states: [
    {
      inner: { ...edges, exact: new Map([['d', 1]]), other: 2, long: 2 },
      final: { ...edges, other: 1, long: 2 },
      alive: 0,
    },
    {
      inner: { ...edges, other: 2, long: 2 },
      final: {
        exact: new Map([['x', 2]]),
        affixes: {
          prefixes: new Map([
            ['l', 1],
            ['li', 2],
          ]),
          suffixes: new Map([['.so', 1]]),
          targets: new Map([
            [65_536, 3],
            [2 * 65_536, 3],
            [2 * 65_536 + 1, 0],
            [1, 4],
          ]),
        },
        other: 1,
        long: 3,
      },
      alive: 3,
    },
    { inner: { ...edges, other: 2, long: 2 }, final: { ...edges, other: 1, long: 1 }, alive: 1 },
  ],
  classes: [
    [0b111n, 0b111n],
    [0n, 0n],
    [0b001n, 0b111n],
    [0b010n, 0b110n],
    [0b100n, 0b111n],
  ],
};

const event: VisibleEvent = {
  sourceName: null,
  destinationName: null,
  sourcePath: null,
  destinationPath: null,
  values: {},
  result: 0n,
};

function run(change: Partial<VisibleEvent>, failures: 'permission' | 'all' = 'permission'): bigint {
  const operations = [{ ...filter, failures }];
  return filterEvent({ operations, paths, programs: null }, 'rename', { ...event, ...change });
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
  it('indexes a value by the tracked bits alone', () => {
    assert.equal(run({ values: { flags: 0b0101 } }), 0b111n);
    assert.equal(run({ values: { flags: 0b0010 } }), 0b011n);
    assert.equal(run({ values: { flags: 0b1000 } }), 0b101n);
    assert.equal(run({ values: { flags: 0b1111 } }), 0b001n);
  });
  it('compares numbers with bounds, without a sign', () => {
    assert.equal(run({ values: { uid: 0 } }), 0b110n);
    assert.equal(run({ values: { uid: 1 } }), 0b111n);
    assert.equal(run({ values: { uid: 999 } }), 0b111n);
    assert.equal(run({ values: { uid: 1000 } }), 0b011n);
    assert.equal(run({ values: { uid: 0xffff_ffff } }), 0b011n);
  });
  it('ands the tables of all values that are known', () => {
    assert.equal(run({ values: { uid: 0, flags: 0b1000, file_uid: 7 } }), 0b100n);
  });
  it('drops failures that no rule wants', () => {
    assert.equal(run({ result: -2n }), 0n);
    assert.equal(run({ result: -2n }, 'all'), 0b101n);
    assert.equal(run({ result: -13n }), 0b101n);
    assert.equal(run({ result: 3n }), 0b111n);
  });
  it('drops an operation that nobody asks for', () => {
    assert.equal(filterEvent({ operations: [], paths, programs: null }, 'rename', event), 0n);
  });
});

describe('the path of a file', () => {
  const at = (...sourcePath: readonly string[]): bigint => run({ sourcePath });

  it('is followed from the root, and stops where nothing is alive', () => {
    assert.equal(at('d', 'x'), 0b001n);
    assert.equal(at('d', 'y'), 0n);
    assert.equal(at('e', 'x'), 0n);
    assert.equal(at('x'), 0n);
    // Alive in `/d` are other lanes than the one that the name leaves.
    assert.equal(run({ sourcePath: ['d', 'z', 'x'], sourceName: 'a' }), 0n);
  });

  it('takes the longest beginning and the longest end of a name', () => {
    assert.equal(at('d', 'l'), 0b010n);
    assert.equal(at('d', 'lib'), 0b010n);
    assert.equal(at('d', 'lib.so'), 0b111n);
    assert.equal(at('d', 'l.so'), 0n);
    assert.equal(at('d', '.so'), 0b100n);
    assert.equal(at('d', 'x'.repeat(60)), 0b010n);
    assert.equal(at('x'.repeat(60), 'x'), 0n);
  });

  it('rules out nothing where it is not known, is the root, or is too deep', () => {
    assert.equal(at(), 0b111n);
    assert.equal(at(...Array.from({ length: 64 }, () => 'e')), 0n);
    assert.equal(at(...Array.from({ length: 65 }, () => 'e')), 0b111n);
    const long = Array.from({ length: 16 }, () => 'e'.repeat(255));
    assert.equal(at(...long), 0n);
    assert.equal(at(...long, ''), 0b111n);
  });

  it('rules lanes out while one is left that no path rules out', () => {
    const operations = [{ ...filter, anySourcePath: 0b100n, anyDestinationPath: 0b110n }];
    const sent = { ...event, sourcePath: ['e', 'f'] };
    assert.equal(filterEvent({ operations, paths, programs: null }, 'rename', sent), 0b100n);
    const named = { ...sent, sourceName: 'a' };
    assert.equal(filterEvent({ operations, paths, programs: null }, 'rename', named), 0n);
  });

  it('of one file leaves lanes about the other file alone', () => {
    const operations = [{ ...filter, anySourcePath: 0b100n, anyDestinationPath: 0b001n }];
    const run2 = (sourcePath: readonly string[], destinationPath: readonly string[]): bigint =>
      filterEvent({ operations, paths, programs: null }, 'rename', {
        ...event,
        sourcePath,
        destinationPath,
      });
    assert.equal(run2(['e', 'f'], ['e', 'f']), 0n);
    assert.equal(run2(['d', 'x'], ['e', 'f']), 0b001n);
    assert.equal(run2(['e', 'f'], ['d', 'x']), 0b100n);
  });

  it('counts for both files of a rename', () => {
    assert.equal(run({ sourcePath: ['d', 'lib'], destinationPath: ['d', 'lib'] }), 0b010n);
    assert.equal(run({ sourcePath: ['d', 'x'], destinationPath: ['d', 'lib'] }), 0n);
    assert.equal(run({ destinationPath: ['d', 'lib'] }), 0b110n);
  });
});
