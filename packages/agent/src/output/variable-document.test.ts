// SPDX-License-Identifier: Apache-2.0
// A variable of every scope and type, where the schema says that variables stand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isVariablePath } from '@fimbul/schema';
import type { JsonObject } from './field-writer.ts';
import { toJsonText } from './json-text.ts';
import { writeVariable } from './variable-document.ts';

test('what a variable belongs to says where it stands', () => {
  const document: JsonObject = { process: { pid: 7 } };
  writeVariable(document, { name: 'seen', scope: 'global' }, true);
  writeVariable(document, { name: 'process.count', scope: 'process' }, 2n ** 60n);
  writeVariable(document, { name: 'container.files', scope: 'container' }, ['/a', '/b']);
  writeVariable(document, { name: 'cgroup.files', scope: 'cgroup' }, []);
  writeVariable(document, { name: 'cgroup.name', scope: 'cgroup' }, 'x');
  assert.deepEqual(document, {
    variables: { seen: true },
    process: { pid: 7, variables: { count: '1152921504606846976' } },
    container: { variables: { files: ['/a', '/b'] } },
    cgroup: { variables: { files: [], name: 'x' } },
  });
  for (const path of [
    'variables.seen',
    'process.variables.count',
    'container.variables.files',
    'cgroup.variables.name',
  ]) {
    assert.ok(isVariablePath(path), path);
  }
});

test('a name that objects give a meaning to is a name like any other', () => {
  const document: JsonObject = {};
  for (const name of ['__proto__', 'constructor', 'toString']) {
    writeVariable(document, { name, scope: 'global' }, ['a']);
    writeVariable(document, { name: `process.${name}`, scope: 'process' }, 'b');
  }
  assert.equal(
    toJsonText(document),
    '{"variables":{"__proto__":["a"],"constructor":["a"],"toString":["a"]},' +
      '"process":{"variables":{"__proto__":"b","constructor":"b","toString":"b"}}}',
  );
  assert.equal(Object.getPrototypeOf(document.variables), Object.prototype);
});

test('bytes become text, integers decimal text, networks what people write', () => {
  const document: JsonObject = {};
  const write = (name: string, value: Parameters<typeof writeVariable>[2]): void =>
    writeVariable(document, { name, scope: 'global' }, value);
  write('bytes', '\xff\xc3\xa9');
  write('number', -5);
  write('numbers', [1n, 2n]);
  write('net', { family: 4, address: 0x0a000000n, prefix: 8 });
  write('nets', [{ family: 6, address: 1n, prefix: 128 }]);
  assert.deepEqual(document, {
    variables: {
      bytes: '\ufffdé',
      number: '-5',
      numbers: ['1', '2'],
      net: '10.0.0.0/8',
      nets: ['::1'],
    },
  });
});

test('of a long list the newest values are told', () => {
  const document: JsonObject = {};
  const values = Array.from({ length: 1000 }, (_, index) => BigInt(index));
  writeVariable(document, { name: 'many', scope: 'global' }, values);
  const { many } = document.variables as { many: string[] };
  assert.equal(many.length, 100);
  assert.equal(many.at(-1), '999');
});

test('long texts are cut and say so, and many long ones are the newest of them', () => {
  const document: JsonObject = {};
  writeVariable(document, { name: 'long', scope: 'global' }, 'x'.repeat(20_000));
  const texts = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(1000, '.'));
  writeVariable(document, { name: 'texts', scope: 'global' }, texts);
  const { long, texts: told } = document.variables as { long: string; texts: string[] };
  assert.equal(long, `${'x'.repeat(1024)}…`);
  assert.deepEqual(told, texts.slice(-8));
});
