// SPDX-License-Identifier: Apache-2.0
// Coverage against the model of the filter: `whole` must hold for every event, and `part` must have
// an event that proves it.

import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { NameTable, OperationFilter, PathAutomaton, ValueClasses } from '@fimbul/schema';
import fc from 'fast-check';
import { compilePolicies } from '../compile.ts';
import { compareFilters } from './filter-coverage.ts';
import { filterEvent, type VisibleEvent, type VisibleValues } from './filter-model.ts';
import { countClasses } from './value-classes.ts';

function plan(operation: string, ...expressions: readonly string[]): OperationFilter {
  const rules = expressions.map((expression, index) => ({ id: `r${index}`, expression }));
  const { filter, diagnostics } = compilePolicies([{ path: 'p', text: JSON.stringify({ rules }) }]);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  const found = filter.operations.find((candidate) => candidate.operation === operation);
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

const lanes = fc.bigInt({ min: 0n, max: 7n });

const table: fc.Arbitrary<NameTable> = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), lanes)), lanes, lanes)
  .map(([names, otherNames, longNames]) => ({ names: new Map(names), otherNames, longNames }));

const bits = fc
  .uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 2 })
  .map((own): ValueClasses => ({ kind: 'bits', value: 'flags', bits: own }));

const bounds = fc
  .uniqueArray(fc.constantFrom(0, 1, 5), { maxLength: 2 })
  .map((own): ValueClasses => ({ kind: 'bounds', value: 'uid', lasts: own.sort() }));

const values = fc.array(
  fc.oneof(bits, bounds).chain((classes) => {
    const length = countClasses(classes);
    return fc
      .array(lanes, { minLength: length, maxLength: length })
      .map((masks) => ({ classes, masks }));
  }),
  { maxLength: 3 },
);

const anyFilter: fc.Arbitrary<OperationFilter> = fc.record({
  operation: fc.constant('rename' as const),
  lanes,
  source: table,
  destination: table,
  values,
  sourceRow: fc.constant(0),
  destinationRow: fc.constant(1),
  anySourcePath: fc.constantFrom(-1n, 3n, 0n),
  anyDestinationPath: fc.constantFrom(-1n, 5n, 0n),
  failures: fc.constantFrom('permission' as const, 'all' as const),
  programRow: fc.constant(0),
  anyProcess: fc.constant(-1n),
});

/** Below one directory all lanes are left, below others none. */
const paths: PathAutomaton = (() => {
  const leads = { affixes: null, other: 0, long: 0 };
  const empty = new Map<string, number>();
  return {
    states: [
      {
        inner: { ...leads, exact: new Map([['all', 0]]), other: 1, long: 1 },
        final: { ...leads, exact: empty },
        alive: 0,
      },
      {
        inner: { ...leads, exact: empty, other: 1, long: 1 },
        final: { ...leads, exact: empty, other: 1, long: 1 },
        alive: 1,
      },
    ],
    classes: [
      [-1n, -1n],
      [0n, 0n],
    ],
  };
})();

/** Some are not known; none of the others lies between the same bounds as another one. */
function listValues(): VisibleValues[] {
  const flags = [...Array(16).keys(), undefined];
  const uids = [0, 1, 5, 6, undefined];
  return flags.flatMap((flag) =>
    uids.map((uid) => ({
      ...(flag === undefined ? {} : { flags: flag }),
      ...(uid === undefined ? {} : { uid }),
    })),
  );
}

function listEvents(): VisibleEvent[] {
  const names = [...['a', 'b', 'c', 'other'], 'x'.repeat(60), null];
  const events: VisibleEvent[] = [];
  for (const sourceName of names) {
    for (const destinationName of names) {
      for (const known of listValues()) {
        for (const result of [0n, -13n, -2n]) {
          for (const sourcePath of [null, ['none', 'x']]) {
            for (const destinationPath of [null, ['none', 'x']]) {
              const places = { sourcePath, destinationPath };
              events.push({ sourceName, destinationName, ...places, values: known, result });
            }
          }
        }
      }
    }
  }
  return events;
}

test('it says of any two filters what the model of the filter shows', () => {
  const events = listEvents();
  fc.assert(
    fc.property(anyFilter, anyFilter, (anyWanted, given) => {
      const wanted = { ...anyWanted, anySourcePath: -1n, anyDestinationPath: -1n };
      const sends = (operation: OperationFilter, event: VisibleEvent): boolean =>
        filterEvent({ operations: [operation], paths, programs: null }, 'rename', event) !== 0n;
      const sent = events.filter((event) => sends(wanted, event));
      const missed = sent.some((event) => !sends(given, event));
      const coverage = compareFilters(wanted, given);
      if (coverage === 'whole') assert.equal(missed, false);
      // A wanted lane that no event keeps, or failures of none, are told of as a part.
      else if (sent.length > 0 && wanted.failures === given.failures) assert.equal(missed, true);
    }),
    { numRuns: 300 },
  );
});
