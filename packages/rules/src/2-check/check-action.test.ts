// SPDX-License-Identifier: Apache-2.0
// What actions read: values, fields and messages, and the types of variables that follow.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExpression, parseMacro } from '../1-parse/parser.ts';
import { createPlainExpression } from '../source-text.ts';
import { allEvents, makeContext } from '../testing/check-context.ts';
import {
  checkCondition,
  checkField,
  checkTemplate,
  checkValue,
  findValueType,
} from './check-action.ts';
import { formatBool, formatValue } from './format-typed.ts';

const context = makeContext(allEvents);
const owner = { eventType: 'open', changedFile: null } as const;
const renamed = { eventType: 'rename', changedFile: 'rename.file.destination' } as const;

function showValue(text: string): string {
  const { tree } = parseMacro(createPlainExpression('test', text));
  assert.ok(tree);
  const { value, problems } = checkValue(tree, context, owner);
  return value ? formatValue(value) : problems.map(({ code }) => code).join(' ');
}

describe('checkValue', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['${count} + 1', '(+ ${count} 1)'],
    ['"a%{open.file.name}"', '(text "a" open.file.name)'],
    ['"plain"', '"plain"'],
    ['open.flags & O_CREAT > 0', '(> (& open.flags 64) 0)'],
    ['process.argv', 'process.argv'],
    ['["a", "b"]', '["a" "b"]'],
    ['[1, 2]', '[1 2]'],
    ['[10.0.0.0/8, ::1]', '[10.0.0.0/8 ::1]'],
    ['10.0.0.1', '10.0.0.1'],
    ['5m', '300000000000'],
    [
      'process.ancestors[A].pid == 1',
      '(exists #0 process.ancestors (== process.ancestors#0.pid 1))',
    ],
    ['~"a*"', 'FR1207'],
    ['["a", ~"b*"]', 'FR1207'],
    ['["${name}"]', 'FR1207'],
    ['process.ancestors.comm.length', 'FR1207'],
    ['process.ancestors[A].pid', 'FR1114'],
    ['unlink.flags', 'FR1104'],
    ['fim.write.file.path', 'FR1116'],
  ];
  for (const [text, expected] of rows) {
    it(`makes ${expected} of ${text}`, () => assert.equal(showValue(text), expected));
  }
});

describe('checkField', () => {
  const show = (text: string, own: Parameters<typeof checkField>[2]) => {
    const { field, value, problems } = checkField(
      createPlainExpression('test', text),
      context,
      own,
    );
    const shown = value && formatValue(value);
    return shown === null ? problems.map(({ code }) => code).join(' ') : `${field?.name}: ${shown}`;
  };
  it('reads a field under any of its names', () => {
    assert.equal(show('open.filename', owner), 'open.file.path: open.file.path');
    assert.equal(show('process.argv[1]', owner), 'process.argv: (nth 1 process.argv)');
    assert.equal(show('process.argv.length', owner), 'process.argv: (count process.argv)');
    assert.equal(
      show('fim.write.file.name', renamed),
      'rename.file.destination.name: rename.file.destination.name',
    );
  });
  it('takes nothing but a field of the rule', () => {
    assert.equal(show('O_CREAT', owner), 'FR1101');
    assert.equal(show('open.file.path == "x"', owner), 'FR1101');
    assert.equal(show('rename.file.path', owner), 'FR1104');
    assert.equal(show('fim.write.file.name', owner), 'FR1116');
    assert.equal(show('', owner), 'FR1101');
  });
});

describe('checkTemplate and checkCondition', () => {
  it('read the rule, its variables and its registers', () => {
    const message = createPlainExpression('test', 'by ${name} on %{fim.write.file.path} ${');
    const { node } = checkTemplate(message, context, renamed);
    assert.ok(node);
    assert.equal(
      formatValue({ type: 'string', node }),
      '(text "by " ${name} " on " rename.file.destination.path " ${")',
    );
    const plain = checkTemplate(createPlainExpression('test', 'é'), context, owner).node;
    assert.deepEqual(plain, { kind: 'string', value: '\xc3\xa9' });
    const { tree } = parseExpression(
      createPlainExpression('test', '${seen} && process.ancestors[A].pid == 1'),
    );
    assert.ok(tree);
    const condition = checkCondition(tree, context, owner).node;
    assert.ok(condition);
    assert.match(formatBool(condition), /^\(and \$\{seen\} \(exists #0/);
  });
});

describe('findValueType', () => {
  it('knows what a field gives before the rule is known', () => {
    const rows: readonly (readonly [string, string, boolean])[] = [
      ['open.file.path', 'string', false],
      ['open.filename', 'string', false],
      ['fim.write.file.path', 'string', false],
      ['process.argv', 'string', true],
      ['process.argv[0]', 'string', false],
      ['process.argv.length', 'int', false],
      ['process.argv[0].length', 'int', false],
      ['process.ancestors.pid', 'int', true],
      ['process.ancestors[0].pid', 'int', false],
      ['process.ancestors[0].argv', 'string', true],
      ['connect.addr.ip', 'ip', false],
      ['process.is_exec', 'bool', false],
    ];
    for (const [name, type, list] of rows) {
      assert.deepEqual(findValueType(name), { type, list }, name);
    }
    assert.equal(findValueType('open.file.pth'), null);
  });
});
