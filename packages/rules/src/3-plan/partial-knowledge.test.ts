// SPDX-License-Identifier: Apache-2.0
// What the kernel may leave out when it knows the name and the flags of an open and nothing else:
// events that no rule can match, whatever the rest of them is. Everything else is sent.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExpression } from '../1-parse/parser.ts';
import { checkRule } from '../2-check/check-rule.ts';
import { createPlainExpression } from '../source-text.ts';
import { allEvents, makeContext } from '../testing/check-context.ts';
import { filterEvent } from './filter-model.ts';
import { planRules } from './plan.ts';

type Known = { readonly name?: string; readonly flags?: number };

/** True when the kernel sends the event for a rule. */
function isSent(expression: string, { name = 'y', flags = 0 }: Known): boolean {
  const { tree } = parseExpression(createPlainExpression('test', expression));
  assert.ok(tree);
  const checked = checkRule(tree, makeContext(allEvents));
  assert.ok(checked.kind === 'rule', JSON.stringify(checked.problems));
  const rules = checked.variants.map(({ condition, guard }, index) => {
    return { index, operation: 'open', condition, guard } as const;
  });
  const { filter } = planRules(rules);
  const paths = { sourcePath: null, destinationPath: null };
  const seen = { sourceName: name, destinationName: null, ...paths, values: { flags }, result: 0n };
  return filterEvent(filter, 'open', seen) !== 0n;
}

const own = 'open.file.name';
const other = 'process.comm';

const rows: readonly (readonly [expression: string, known: Known, sent: boolean])[] = [
  [`true || ${own} == "x"`, {}, true],
  [`false || ${own} == "x"`, {}, false],
  [`false && ${own} == "y"`, {}, false],
  [`${other} == "a" && ${own} != "x"`, {}, true],
  [`${other} == "a" && ${own} != "y"`, {}, false],
  [`${other} == "a" && !(${own} == "x")`, {}, true],
  [`${other} == "a" && !(${own} != "x")`, {}, false],
  [`${own} == ${other}`, {}, true],
  [`${own} != ${own}`, {}, false],
  [`${own} == ${own}`, {}, true],
  [`!(${other} in ["a"] && false) && !(${own} == "y")`, {}, false],
  [`!(${other} in ["a"] && false) && !(${own} == "x")`, {}, true],
  ['open.flags & (1|1024) == 1', { flags: 123 }, true],
  ['open.flags & (1|2) == 1', { flags: 123 }, false],
  ['^open.flags != 0', { flags: 123 }, true],
  [`${own} == "y" && \${seen} == true`, {}, true],
  [`${own} == "x" && \${seen} == true`, {}, false],
  // What is computed, bound or read when the event is evaluated may be anything.
  [`${own} == \${name}`, {}, true],
  [`${own} in \${names}`, {}, true],
  [`${own} not in \${names}`, {}, true],
  [`${own} in process.argv`, {}, true],
  [`${own} == "\${name}x"`, {}, true],
  [`${own} in ["x", "\${name}"]`, {}, true],
  [`${own} not in ["x", "\${name}"]`, { name: 'x' }, false],
  [
    `open.file.path in [~"/proc/*/mem"] && open.file.path != "/proc/\${process.pid}/mem"`,
    {},
    false,
  ],
  [
    `open.file.path in [~"/proc/*/mem"] && open.file.path != "/proc/\${process.pid}/mem"`,
    { name: 'mem' },
    true,
  ],
  ['open.flags & ${count} > 0', { flags: 0 }, true],
  ['open.flags == ${count}', { flags: 5 }, true],
  ['open.flags in ${counts}', { flags: 5 }, true],
  ['open.flags & 1 > 0 && open.flags != ${count}', { flags: 4 }, false],
  ['${peer} in 10.0.0.0/8 && open.flags & 1 > 0', { flags: 1 }, true],
  ['${peer} in 10.0.0.0/8 && open.flags & 1 > 0', { flags: 2 }, false],
  ['${peers} allin 10.0.0.0/8 || open.flags & 1 > 0', { flags: 2 }, true],
  // What names no register is decided outside of its loop.
  [`${own} == "x" && process.ancestors[A].pid == 1 && process.ancestors[A].uid == 0`, {}, false],
  [`${own} == "y" && process.ancestors[A].pid == 1 && process.ancestors[A].uid == 0`, {}, true],
  [`${own} == "x" || process.ancestors[A].pid == 1`, {}, true],
  [`${own} == process.ancestors[A].comm`, {}, true],
  [`!(process.ancestors[A].pid == 1 || ${own} == "y")`, {}, false],
  [`!(process.ancestors[A].pid == 1 || ${own} == "x")`, {}, true],
  [`!(process.ancestors.argv[0] == "a" && ${own} == "y")`, {}, true],
  [`process.ancestors.argv.length == 2 && ${own} == "x"`, {}, false],
  [`process.ancestors.argv.length != 2 && ${own} == "y"`, {}, true],
  [`${own}.length == 7`, {}, true],
  ['open.flags & (O_CREAT|O_EXCL) == O_CREAT', { flags: 0o300 }, false],
  ['open.flags & (O_CREAT|O_EXCL) == O_CREAT', { flags: 0o101 }, true],
  ['open.flags & (O_CREAT|O_EXCL) == O_RDWR', { flags: 2 }, false],
];

describe('an event of which only the name and the flags are known', () => {
  for (const [expression, known, sent] of rows) {
    const shown = JSON.stringify(known);
    it(`${shown} is ${sent ? 'sent' : 'left out'} for ${expression}`, () => {
      assert.equal(isSent(expression, known), sent);
    });
  }
});
