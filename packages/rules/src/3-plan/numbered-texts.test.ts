// SPDX-License-Identifier: Apache-2.0
// Rules about texts that the kernel knows by a number, and the events that it still lets pass.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { getFilesystemNumber } from '@fimbul/schema';
import { compilePolicies } from '../compile.ts';
import { filterEvent, type VisibleValues } from './filter-model.ts';

const event = {
  ...{ sourceName: null, destinationName: null, sourcePath: null, destinationPath: null },
  result: 0n,
};

/** Whether the filter of one rule lets an open with these values pass. */
function passes(condition: string, values: VisibleValues): boolean {
  const text = `rules: [{ id: r, expression: 'open.flags >= 0 && ${condition}' }]`;
  const { filter, diagnostics } = compilePolicies([{ path: 'p', text }]);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return filterEvent(filter, 'open', { ...event, values: { ...values, flags: 0 } }) !== 0n;
}

const on = (name: string): VisibleValues => ({ file_filesystem: getFilesystemNumber(name) });
const filesystem = 'open.file.filesystem';

for (const [condition, passing, dropped] of [
  [`${filesystem} == "tmpfs"`, ['tmpfs'], ['ext4', 'overlay', 'nofs']],
  [`${filesystem} != "tmpfs"`, ['ext4', 'nofs'], ['tmpfs']],
  [`${filesystem} in ["ext4", "xfs"]`, ['ext4', 'xfs'], ['ext3', 'tmpfs', 'nofs']],
  [`${filesystem} not in ["ext4", "xfs"]`, ['btrfs', 'nofs'], ['ext4', 'xfs']],
  [`${filesystem} =~ "nfs*"`, ['nfs', 'nfs4', 'nfsd', 'nofs'], ['ext4', 'tmpfs']],
  [`${filesystem} !~ "nfs*"`, ['ext4', 'nofs'], ['nfs', 'nfs4']],
  // Other filesystems share a number, and one of them may be this.
  [`${filesystem} == "nofs"`, ['nofs', 'alsonofs'], ['ext4', 'tmpfs']],
  [`${filesystem} != "nofs"`, ['ext4', 'nofs', 'alsonofs'], []],
  // What a regular expression matches is for user space.
  [`${filesystem} =~ r"^tmp"`, ['tmpfs', 'ext4', 'nofs'], []],
] as const) {
  it(`${condition}`, () => {
    for (const name of passing) assert.ok(passes(condition, on(name)), name);
    for (const name of dropped) assert.ok(!passes(condition, on(name)), name);
    assert.ok(passes(condition, {}), 'a file that is not known');
  });
}

for (const field of ['container.id', 'process.container.id']) {
  for (const [test, inside, outside] of [
    ['== ""', false, true],
    ['!= ""', true, false],
    ['== "a1b2"', true, false],
    ['!= "a1b2"', true, true],
    ['=~ "a1*"', true, false],
    ['not in ["", "a1b2"]', true, false],
  ] as const) {
    it(`${field} ${test}`, () => {
      const condition = `${field} ${test}`;
      assert.equal(passes(condition, { contained: 1 }), inside);
      assert.equal(passes(condition, { contained: 0 }), outside);
      assert.ok(passes(condition, {}));
    });
  }
}

it('the layer of an overlay is a flag', () => {
  assert.ok(passes('open.file.in_upper_layer', { file_layer: 1 }));
  assert.ok(!passes('open.file.in_upper_layer', { file_layer: 0 }));
  assert.ok(!passes('!open.file.in_upper_layer', { file_layer: 1 }));
});
