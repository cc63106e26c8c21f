// SPDX-License-Identifier: Apache-2.0
// Names that the language had before lead to the field they mean.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldAliases, findField } from './field-aliases.ts';
import { fields, fieldsByName } from './fields.ts';

const before: readonly (readonly [alias: string, name: string])[] = [
  ['async', 'event.async'],
  ['open.filename', 'open.file.path'],
  ['open.basename', 'open.file.name'],
  ['open.mode', 'open.file.destination.mode'],
  ['chmod.mode', 'chmod.file.destination.mode'],
  ['mkdir.mode', 'mkdir.file.destination.mode'],
  ['chown.uid', 'chown.file.destination.uid'],
  ['chown.group', 'chown.file.destination.group'],
  ['rmdir.filename', 'rmdir.file.path'],
  ['unlink.basename', 'unlink.file.name'],
  ['utimes.filename', 'utimes.file.path'],
  ['rename.old.filename', 'rename.file.path'],
  ['rename.old.basename', 'rename.file.name'],
  ['rename.new.filename', 'rename.file.destination.path'],
  ['rename.new.basename', 'rename.file.destination.name'],
  ['link.source.filename', 'link.file.path'],
  ['link.target.basename', 'link.file.destination.name'],
  ['setxattr.filename', 'setxattr.file.path'],
  ['setxattr.name', 'setxattr.file.destination.name'],
  ['removexattr.namespace', 'removexattr.file.destination.namespace'],
  ['exec.filename', 'exec.file.path'],
  ['exec.name', 'exec.comm'],
  ['process.filename', 'process.file.path'],
  ['process.basename', 'process.file.name'],
  ['process.name', 'process.comm'],
  ['process.ancestors.filename', 'process.ancestors.file.path'],
  ['process.ancestors.name', 'process.ancestors.comm'],
  ['container.created_at', 'process.container.created_at'],
  ['container.tags', 'process.container.tags'],
];

describe('findField', () => {
  it('finds every field by its name', () => {
    for (const spec of fields) assert.equal(findField(spec.name), spec);
  });

  for (const [alias, name] of before) {
    it(`takes ${alias} for ${name}`, () => {
      assert.equal(findField(alias)?.name, name);
      assert.equal(fieldAliases.get(alias), name);
    });
  }

  it('resolves every alias to a field that rules can read, and hides none', () => {
    for (const [alias, target] of fieldAliases) {
      const found = findField(alias);
      assert.ok(found, `${alias} leads to ${target}, which is no field`);
      assert.equal(found, fieldsByName.get(target), alias);
      assert.ok(found.inRules, alias);
      assert.ok(!fieldsByName.has(alias), `${alias} is a field itself`);
    }
  });

  it('prefers a field to an alias of the same prefix', () => {
    assert.equal(findField('container.id')?.name, 'container.id');
  });

  it('finds nothing by half a name, a longer one or an empty one', () => {
    for (const name of [
      ...['', 'open', 'open.file', 'open.file.path.', 'open.filename.x', 'OPEN.FLAGS'],
      ...['container', 'container.', 'container.name', 'constructor', '__proto__'],
    ]) {
      assert.equal(findField(name), undefined, name);
    }
  });
});
