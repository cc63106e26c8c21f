// SPDX-License-Identifier: Apache-2.0
// Coverage against the model of the filter: `whole` must hold for every event, and `part` must have
// an event that proves it.

import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { NameTable, OperationFilter } from '@fimbul/schema';
import fc from 'fast-check';
import { compilePolicies } from '../compile.ts';
import { compareFilters } from './filter-coverage.ts';
import { filterEvent, type VisibleEvent } from './filter-model.ts';

function plan(operation: string, ...expressions: readonly string[]): OperationFilter {
  const rules = expressions.map((expression, index) => ({ id: `r${index}`, expression }));
  const { filters, diagnostics } = compilePolicies([
    { path: 'p', text: JSON.stringify({ rules }) },
  ]);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  const found = filters.find((filter) => filter.operation === operation);
  assert.ok(found);
  return found;
}

const name = (text: string): string => `open.file.name == "${text}"`;
const writes = 'open.flags & O_WRONLY > 0';

describe('coverage of planned filters', () => {
  const covers = (wanted: string, given: string): string =>
    compareFilters(plan('open', wanted), plan('open', given));

  it('is whole for the same rule, and for a wider one', () => {
    assert.equal(covers(name('a'), name('a')), 'whole');
    assert.equal(covers(`${name('a')} && ${writes}`, name('a')), 'whole');
    assert.equal(covers(name('a'), 'open.file.name in ["a", "b"]'), 'whole');
    assert.equal(covers(name('a'), 'open.file.path =~ "/**"'), 'whole');
  });

  it('is a part for another rule, and for a narrower one', () => {
    assert.equal(covers(name('a'), name('b')), 'part');
    assert.equal(covers(name('a'), `${name('a')} && ${writes}`), 'part');
    assert.equal(covers('open.file.path =~ "/**"', name('a')), 'part');
    assert.equal(covers('open.retval == -2', name('a')), 'part');
  });

  it('is none where the operation was not recorded, unless nobody wants it', () => {
    const unlink = plan('unlink', 'unlink.file.name == "a"');
    assert.equal(compareFilters(unlink, plan('unlink', name('a'))), 'none');
    assert.equal(compareFilters(unlink, undefined), 'none');
    assert.equal(compareFilters(plan('unlink', name('a')), undefined), 'whole');
  });
});

const fewNames = ['a', 'b', 'c', 'other'];
const lanes = fc.bigInt({ min: 0n, max: 7n });

const table: fc.Arbitrary<NameTable> = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), lanes)), lanes, lanes)
  .map(([names, otherNames, longNames]) => ({ names: new Map(names), otherNames, longNames }));

const flags = fc
  .uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 2 })
  .chain((bits) =>
    fc
      .array(lanes, { minLength: 2 ** bits.length, maxLength: 2 ** bits.length })
      .map((masks) => ({ bits, masks })),
  );

const anyFilter: fc.Arbitrary<OperationFilter> = fc.record({
  operation: fc.constant('rename' as const),
  lanes,
  source: table,
  destination: table,
  flags,
  failures: fc.constantFrom('permission' as const, 'all' as const),
});

function listEvents(): VisibleEvent[] {
  const names = [...fewNames, 'x'.repeat(60), null];
  const events: VisibleEvent[] = [];
  for (const sourceName of names) {
    for (const destinationName of names) {
      for (let bits = 0; bits < 16; bits += 1) {
        for (const result of [0n, -13n, -2n]) {
          events.push({ sourceName, destinationName, flags: bits, result });
        }
      }
    }
  }
  return events;
}

test('it says of any two filters what the model of the filter shows', () => {
  const events = listEvents();
  fc.assert(
    fc.property(anyFilter, anyFilter, (wanted, given) => {
      const sent = events.filter((event) => filterEvent(wanted, event) !== 0n);
      const missed = sent.some((event) => filterEvent(given, event) === 0n);
      const coverage = compareFilters(wanted, given);
      if (coverage === 'whole') assert.equal(missed, false);
      // A wanted lane that no event keeps, or failures of none, are told of as a part.
      else if (sent.length > 0 && wanted.failures === given.failures) assert.equal(missed, true);
    }),
    { numRuns: 300 },
  );
});
