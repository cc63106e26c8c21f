// SPDX-License-Identifier: Apache-2.0
// Sharing lanes loses candidates but neither rules nor what the kernel refuses.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laneCountMax } from '@fimbul/schema';
import { makeFullBox } from './box.ts';
import { assignLanes } from './lanes.ts';
import { LineageAtoms } from './lineage-atoms.ts';
import { makeOnly } from './name-set.ts';
import { PathFormulas } from './path-formula.ts';
import { toNamePattern } from './path-pattern.ts';
import type { TrackedValues } from './tracked-values.ts';

const full = makeFullBox([4]);
const tracked: TrackedValues = {
  classes: [{ kind: 'bits', value: 'flags', bits: [0, 1] }],
  full,
  lineage: new LineageAtoms([]),
};

function named(index: number, name: string, classes?: bigint) {
  const values = classes === undefined ? full.values : [classes];
  return { index, boxes: [{ ...full, source: makeOnly([name]), values }] };
}

describe('assignLanes', () => {
  it('gives rules with equal boxes one lane', () => {
    const lanes = assignLanes([named(0, 'a'), named(1, 'b'), named(2, 'a')], tracked);
    assert.deepEqual(
      lanes.map((lane) => lane.rules),
      [[0, 2], [1]],
    );
  });

  it('keeps every rule in a lane of its box when there are too many', () => {
    const rules = Array.from({ length: 300 }, (_, index) => named(index, `name${index}`));
    const lanes = assignLanes(rules, tracked);
    assert.equal(lanes.length, laneCountMax);
    for (const { index } of rules) {
      const own = lanes.filter((lane) => lane.rules.includes(index));
      assert.equal(own.length, 1);
      assert.ok(own[0]?.box.source.names.has(`name${index}`));
    }
  });

  it('spreads the surplus evenly and still refuses the same names', () => {
    const rules = Array.from({ length: 300 }, (_, index) => named(index, `name${index}`));
    const lanes = assignLanes(rules, tracked);
    assert.ok(lanes.every((lane) => lane.rules.length <= 5));
    assert.ok(lanes.every((lane) => lane.box.source.kind === 'only'));
  });

  it('keeps what no file selects apart from what one does, and who does it with it', () => {
    const paths = new PathFormulas();
    const match = (glob: string, negated: boolean) => {
      const pattern = toNamePattern({ kind: 'exact', value: glob });
      return paths.match([pattern], negated);
    };
    const bound = Array.from({ length: 100 }, (_, index) => ({
      index,
      boxes: [{ ...full, sourcePath: match(`name${index}`, false), values: [0b0011n] }],
    }));
    const program = match('mysqld', false);
    const ofProgram = { ...full, sourcePath: match('tmp', true), values: [0b0011n], program };
    const lanes = assignLanes([...bound, { index: 100, boxes: [ofProgram] }], tracked);
    assert.equal(lanes.length, laneCountMax);
    const own = lanes.filter((lane) => lane.rules.includes(100));
    assert.deepEqual(own, [{ box: ofProgram, rules: [100] }]);
  });

  it('joins what lets most pass when nothing can be joined for free', () => {
    const selective = Array.from({ length: 63 }, (_, index) =>
      named(index, `name${index}`, BigInt(1 + (index % 14))),
    );
    const wide = Array.from({ length: 14 }, (_, index) => ({
      index: 100 + index,
      boxes: [{ ...full, values: [BigInt(1 + index)], results: 1 + (index % 3) }],
    }));
    const lanes = assignLanes([...wide, ...selective], tracked);
    assert.ok(lanes.length <= laneCountMax);
    const widened = lanes.filter((lane) => lane.box.source.kind === 'except');
    assert.deepEqual(new Set(widened.flatMap((lane) => lane.rules)).size, 14);
  });
});
