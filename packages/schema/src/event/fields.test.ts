// SPDX-License-Identifier: Apache-2.0
// What everything that derives from the field table relies on.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantGroups } from './constants.ts';
import { fieldAliases, fields, fieldsByName, findField } from './fields.ts';
import { fileOperations, operations } from './operations.ts';

describe('fields', () => {
  it('have a name of their own', () => {
    const seen = new Set<string>();
    for (const { name } of fields) {
      assert.ok(!seen.has(name), `${name} is declared twice`);
      seen.add(name);
    }
    assert.equal(fieldsByName.size, fields.length);
  });

  it('have names that can be paths in one document', () => {
    const names = new Set(fields.map(({ name }) => name));
    for (const name of names) {
      assert.match(name, /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/);
      const parts = name.split('.');
      for (let length = 1; length < parts.length; length++) {
        const owner = parts.slice(0, length).join('.');
        assert.ok(!names.has(owner), `${owner} cannot hold a value and ${name}`);
      }
    }
  });

  it('of an event start with its name, others with none', () => {
    for (const { name, event } of fields) {
      const [first = ''] = name.split('.');
      const owner = (operations as readonly string[]).includes(first) ? first : '*';
      assert.equal(event, owner, name);
    }
  });

  it('have integer bounds in order, and a description that is a sentence', () => {
    for (const { name, range, description } of fields) {
      assert.ok(range[0] <= range[1], name);
      assert.match(description, /\.$/, name);
    }
  });

  it('name a constant group that exists, and style names only with one', () => {
    for (const { name, constants, style, type } of fields) {
      if (constants !== null) assert.ok(constants in constantGroups, name);
      if (style === 'names') assert.ok(constants !== null, name);
      if (style !== 'number' || constants !== null) assert.equal(type, 'int', name);
    }
  });

  it('are decided by the kernel only where it has the table', () => {
    for (const { name, filter, event, filterFile, inRules } of fields) {
      if (filter === 'none') continue;
      assert.ok(inRules, name);
      assert.ok((fileOperations as readonly string[]).includes(event), name);
      const isDestination = name.startsWith('rename.file.destination.');
      assert.equal(filterFile, isDestination ? 'destination' : 'source', name);
    }
    const decided = (filter: string) => fields.filter((spec) => spec.filter === filter).length;
    // Each operation has one file, rename has two.
    assert.equal(decided('path'), fileOperations.length + 1);
    assert.equal(decided('name'), fileOperations.length + 1);
    assert.equal(decided('result'), fileOperations.length);
    assert.equal(decided('flags'), 1);
  });

  it('of ancestors have a value for each, those of the process and its parent have one', () => {
    for (const { name, list, iterator } of fields) {
      assert.equal(iterator !== null, name.startsWith('process.ancestors.'), name);
      assert.equal(list, /(?:^rule\.(?:tags|suppressed_paths)|\.argv)$/.test(name), name);
    }
  });

  it('that only alerts have are not for rules', () => {
    const hidden = fields.filter(({ inRules }) => !inRules).map(({ name }) => name);
    for (const name of hidden) {
      assert.match(name, /^(?:event\.(?:id|type)|rule\..+|loss\..+|.+\.path_(?:source|raw))$/);
    }
  });

  it('include what the documentation promises of every event', () => {
    for (const name of [
      'event.timestamp',
      'process.pid',
      'process.auid',
      'process.ancestors.file.path',
      'process.parent.cgroup.id',
      'container.id',
    ]) {
      assert.equal(fieldsByName.get(name)?.event, '*', name);
    }
  });
});

describe('findField', () => {
  it('finds every field by its name', () => {
    for (const spec of fields) assert.equal(findField(spec.name), spec);
  });

  it('resolves every alias to a field', () => {
    for (const [alias, target] of fieldAliases) {
      if (alias.endsWith('.')) {
        assert.ok(
          fields.some(({ name }) => name.startsWith(target)),
          alias,
        );
      } else {
        assert.equal(findField(alias), fieldsByName.get(target), alias);
        assert.ok(findField(alias), `${alias} leads to ${target}, which is no field`);
        assert.ok(!fieldsByName.has(alias), `${alias} is a field itself`);
      }
    }
  });

  it('keeps what follows a prefix alias', () => {
    // The direct name wins over the alias of the same prefix.
    assert.equal(findField('container.id')?.name, 'container.id');
    assert.equal(findField('container.created_at'), undefined);
  });

  it('finds nothing by half a name, a longer one or an empty one', () => {
    for (const name of [
      '',
      'open',
      'open.file',
      'open.file.path.',
      'open.filename.x',
      'OPEN.FLAGS',
    ]) {
      assert.equal(findField(name), undefined, name);
    }
  });
});
