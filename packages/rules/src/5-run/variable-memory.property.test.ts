// SPDX-License-Identifier: Apache-2.0
// Whatever is set: memory stays within its bound, and who gives room is the variable that needs
// most and, of its owners, none that needs much less than another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isList } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import { countBytes } from './stored-list.ts';
import { VariableStore } from './variable-store.ts';

const common = { type: 'string', isPrivate: false, inherited: false } as const;
const list = { ...common, list: true, defaultValue: [] } as const;
const scalar = { ...common, list: false, defaultValue: '' } as const;
const variables: readonly VariableSpec[] = [
  { ...list, name: 'gl', scope: 'global', key: '0' },
  { ...list, name: 'gl2', scope: 'global', key: '1' },
  { ...scalar, name: 'g', scope: 'global', key: '2' },
  { ...list, name: 'pl', scope: 'process', key: '3' },
  { ...scalar, name: 'p', scope: 'process', key: '4' },
];
const owners = Array.from({ length: 12 }, (_, index) => ({ name: `owner ${index}` }));
const cells = variables.flatMap((variable) =>
  (variable.scope === 'global' ? owners.slice(0, 1) : owners).map((owner) => ({ variable, owner })),
);

const textLengthMax = 400;
/** What one value may need. */
const valueBytesMax = countBytes('x'.repeat(textLengthMax));

const step = fc.record({
  cell: fc.constantFrom(...cells),
  // Skewed, so that some owners need much more than others.
  values: fc.array(
    fc.tuple(fc.nat(9999), fc.constantFrom(1, 5, 50, textLengthMax)).map(([number, length]) => {
      return `${number}`.padEnd(length, 'x').slice(0, textLengthMax);
    }),
    { minLength: 1, maxLength: 6 },
  ),
  append: fc.boolean(),
});

function measure(store: VariableStore) {
  return cells.map(({ variable, owner }) => {
    const value = store.find(variable, owner, 0n) ?? [];
    const values = isList(value) ? value : [value];
    return {
      variable,
      values,
      bytes: values.reduce((sum: number, one) => sum + countBytes(one), 0),
    };
  });
}

type Measured = ReturnType<typeof measure>;

function sum(measured: Measured, of: VariableSpec | null): number {
  return measured
    .filter(({ variable }) => of === null || variable === of)
    .reduce((bytes, cell) => bytes + cell.bytes, 0);
}

test('room is given by the variable that needs most and by its largest owners', () => {
  const run = fc.property(
    fc.array(step, { minLength: 1, maxLength: 80 }),
    fc.integer({ min: 2000, max: 8000 }),
    (steps, bytesMax) => {
      const store = new VariableStore({ getParentOwner: () => null, bytesMax });
      let before = measure(store);
      for (const { cell, values, append } of steps) {
        const change = { value: values, append, size: null, ttlNs: null };
        store.set(cell.variable, cell.owner, change, 0n);
        const after = measure(store);
        assert.equal(store.bytes, sum(after, null));
        assert.ok(store.bytes <= bytesMax, `${store.bytes} bytes`);
        checkGivers(before, after, cells.indexOf(cell));
        before = after;
      }
    },
  );
  fc.assert(run, { numRuns: 300 });
});

/** Checks who gave; before the last value was taken, who gave had that one too. */
function checkGivers(before: Measured, after: Measured, setIndex: number): void {
  after.forEach((giver, index) => {
    if (index === setIndex || giver.bytes >= (before[index]?.bytes ?? 0)) return;
    for (const variable of variables) {
      const had = sum(after, giver.variable) + valueBytesMax;
      assert.ok(sum(after, variable) <= had, `${variable.name} needs more`);
    }
    for (const other of after) {
      if (other.variable !== giver.variable) continue;
      assert.ok(other.bytes < 2 * (giver.bytes + valueBytesMax), 'another owner needs much more');
    }
    const lost = (before[index]?.values ?? []).slice(0, -giver.values.length || undefined);
    assert.deepEqual([...lost, ...giver.values], before[index]?.values, 'oldest values go first');
  });
}

test('what is counted is what was given', () => {
  const run = fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), (steps) => {
    const store = new VariableStore({ getParentOwner: () => null, bytesMax: 3000 });
    const unbounded = new VariableStore({ getParentOwner: () => null });
    for (const { cell, values } of steps) {
      if (!cell.variable.list) continue;
      // Each value once, so that whatever is missing was given.
      for (const value of values) {
        if (measure(store).some((one) => one.values.includes(value))) continue;
        if (measure(unbounded).some((one) => one.values.includes(value))) continue;
        const change = { value, append: true, size: null, ttlNs: null };
        store.set(cell.variable, cell.owner, change, 0n);
        unbounded.set(cell.variable, cell.owner, change, 0n);
      }
    }
    const count = (measured: Measured) => measured.flatMap((one) => one.values).length;
    const given = count(measure(unbounded)) - count(measure(store));
    assert.equal(store.counters.crowdedOutValues, given);
  });
  fc.assert(run, { numRuns: 100 });
});
