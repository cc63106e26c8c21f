// SPDX-License-Identifier: Apache-2.0
// What becomes of filters that do not fit into the tables of the kernel: nothing that they pass is
// dropped. It stands here, where rules and tables meet.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fitFilter } from '@fimbul/probe';
import { compilePolicies, filterEvent, type VisibleEvent } from '@fimbul/rules';

const { filter } = compilePolicies([
  {
    path: 'p',
    text: `rules:
  - { id: a, expression: 'open.file.path in ["/a/b", "/a/c/d"] && open.flags & O_CREAT > 0' }
  - { id: b, expression: 'rename.file.path =~ "/x/**" || rename.file.destination.name == "y"' }
  - { id: c, expression: 'unlink.file.name in ["u", "v"]' }`,
  },
]);
const ample = {
  names: 99,
  tables: 99,
  masks: 9999,
  states: 99,
  classes: 99,
  edges: 99,
  affixes: 99,
};

function makeEvent(path: readonly string[], flags: number): VisibleEvent {
  const name = path.at(-1) ?? null;
  return {
    ...{ sourceName: name, destinationName: name, values: { flags }, result: 0n },
    ...{ sourcePath: path, destinationPath: path },
  };
}

it('a filter that fits stays as it is', () => {
  assert.deepEqual(fitFilter(filter, ample), { filter, leftOut: [] });
  assert.equal(fitFilter(filter, ample).filter, filter);
});

it('one that does not passes what it has no room to decide, and nothing less', () => {
  const events = [['a', 'b'], ['a', 'c', 'd'], ['x', 'q'], ['y'], ['u'], ['z']].flatMap((path) =>
    [0, 0o100].map((flags) => makeEvent(path, flags)),
  );
  for (const [room, leftOut] of [
    [{ ...ample, states: 1 }, ['paths']],
    [{ ...ample, names: 1 }, ['names']],
    [{ ...ample, masks: 1 }, ['values']],
    [{ ...ample, states: 1, names: 0, tables: 0 }, ['paths', 'names', 'values']],
  ] as const) {
    const coarse = fitFilter(filter, room);
    assert.deepEqual(coarse.leftOut, leftOut);
    assert.deepEqual(fitFilter(coarse.filter, room).leftOut, [], 'it fits now');
    for (const { operation } of filter.operations) {
      for (const event of events) {
        const passed = filterEvent(filter, operation, event);
        assert.equal(filterEvent(coarse.filter, operation, event) & passed, passed);
      }
    }
  }
});

it('flags are decided still', () => {
  const { filter: coarse } = fitFilter(filter, { ...ample, states: 1, names: 1 });
  assert.equal(filterEvent(coarse, 'open', makeEvent(['a', 'b'], 0)), 0n);
});
