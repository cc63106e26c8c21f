// SPDX-License-Identifier: Apache-2.0
// Which conditions select events in the kernel, and which only look as if they did.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compilePolicies } from '../compile.ts';

function listSelectors(expression: string): readonly (readonly string[])[] {
  const text = JSON.stringify({ rules: [{ id: 'r', expression }] });
  const { rules } = compilePolicies([{ path: 'p', text }]);
  return rules.flatMap(({ explanation }) => explanation.lanes.map((lane) => lane.selectedBy));
}

const cases: readonly (readonly [expression: string, selectors: readonly (readonly string[])[]])[] =
  [
    ['open.file.name == "a"', [['source name']]],
    ['open.file.path == "/etc/a"', [['source name', 'source path']]],
    ['open.file.path =~ "/etc/*"', [['source path']]],
    ['open.file.path in [~"/etc/*"] && open.file.path not in [~"/etc/x*"]', [['source path']]],
    ['open.file.name not in ["a", "b"]', [[]]],
    ['open.file.path !~ "/etc/**"', [[]]],
    ['open.flags & O_CREAT > 0', [['flags']]],
    ['rename.file.destination.name == "a"', [['destination name']]],
    [
      'rename.file.name == "a" || rename.file.destination.path =~ "/b/**"',
      [['source name'], ['destination path']],
    ],
    ['process.pid == 1 && open.retval >= 0', [[]]],
    ['open.file.in_upper_layer && container.id != ""', [[]]],
    ['open.file.filesystem == "ext4"', [[]]],
  ];

for (const [expression, selectors] of cases) {
  it(`${expression} is selected by ${JSON.stringify(selectors)}`, () => {
    assert.deepEqual(listSelectors(expression), selectors);
  });
}
