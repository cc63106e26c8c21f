// SPDX-License-Identifier: Apache-2.0
// Values as JSON has them, at the path that the field's name says.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { findField } from '@fimbul/schema';
import type { ProcessValue } from '../engine/process-fields.ts';
import { type JsonObject, makeFieldWriter } from './field-writer.ts';

/** The document of one field. */
function write(name: string, value: ProcessValue): JsonObject {
  const spec = findField(name);
  assert.ok(spec);
  const document: JsonObject = {};
  makeFieldWriter(spec, name.split('.'))(document, value);
  return document;
}

const written: readonly (readonly [name: string, value: ProcessValue, document: JsonObject])[] = [
  ['process.pid', 7, { process: { pid: 7 } }],
  ['process.pid', 0, { process: { pid: 0 } }],
  ['open.file.uid', 0xffffffff, { open: { file: { uid: 0xffffffff } } }],
  // Beyond what a JSON number keeps.
  ['open.file.inode', 2n ** 63n + 1n, { open: { file: { inode: '9223372036854775809' } } }],
  ['process.cap_effective', 0n, { process: { cap_effective: '0' } }],
  [
    'open.file.change_time',
    1n,
    { open: { file: { change_time: '1970-01-01T00:00:00.000000001Z' } } },
  ],
  ['open.flags', 0o101, { open: { flags: ['O_WRONLY', 'O_CREAT'] } }],
  ['rename.flags', 0, { rename: { flags: [] } }],
  ['open.retval', -13, { open: { retval: -13 } }],
  ['open.created', false, { open: { created: false } }],
  ['open.created', true, { open: { created: true } }],
  ['open.file.path', '/caf\xc3\xa9', { open: { file: { path: '/café' } } }],
  ['open.file.path', '/\xff', { open: { file: { path: '/\ufffd' } } }],
  ['process.argv', ['a', '', 'caf\xc3\xa9'], { process: { argv: ['a', '', 'café'] } }],
];

describe('what is written', () => {
  for (const [name, value, document] of written) {
    it(`${name} of ${inspect(value)}`, () => {
      assert.deepEqual(write(name, value), document);
    });
  }

  it('stands beside what is there already', () => {
    const document: JsonObject = { process: { pid: 1, file: { path: '/a' } }, rule: { id: 'r' } };
    const spec = findField('process.file.name');
    assert.ok(spec);
    makeFieldWriter(spec, ['process', 'file', 'name'])(document, 'a');
    assert.deepEqual(document, {
      process: { pid: 1, file: { path: '/a', name: 'a' } },
      rule: { id: 'r' },
    });
  });
});

const leftOut: readonly (readonly [name: string, value: ProcessValue, why: string])[] = [
  ['open.file.inode', null, 'it is not known'],
  ['open.file.path', '', 'nothing has an empty name'],
  ['process.argv', [], 'no argument is known'],
  ['open.file.path_truncated', false, 'nobody asks'],
  ['open.file.path_detached', false, 'nobody asks'],
  ['process.args_truncated', false, 'nobody asks'],
  ['process.is_kworker', false, 'nobody asks'],
];

describe('what is left out', () => {
  for (const [name, value, why] of leftOut) {
    it(`${name} of ${JSON.stringify(value)}: ${why}`, () => {
      assert.deepEqual(write(name, value), {});
    });
  }
});
