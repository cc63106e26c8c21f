// SPDX-License-Identifier: Apache-2.0
// Every field that rules of the language may name is declared, with the type that they count on.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isEventType, isOperation } from './event-types.ts';
import { findField } from './field-aliases.ts';
import { fields } from './fields.ts';

type LanguageField = { readonly name: string; readonly type: string; readonly list: boolean };

const languageFields: readonly LanguageField[] = readFileSync(
  new URL('language-fields.txt', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => {
    const [name = '', type = ''] = line.split(' ');
    return { name, type: type.replace('[]', ''), list: type.endsWith('[]') };
  });

describe('the fields of the language', () => {
  it('are all there', () => {
    assert.equal(languageFields.length, 871);
    assert.equal(new Set(languageFields.map(({ name }) => name)).size, 871);
  });

  it('are declared under their own name, with their type, for rules', () => {
    for (const { name, type, list } of languageFields) {
      const spec = findField(name);
      assert.ok(spec, `${name} is not declared`);
      assert.equal(spec.name, name);
      assert.equal(spec.type, type, name);
      assert.equal(spec.list, list, name);
      assert.ok(spec.inRules, name);
    }
  });

  it('belong to the event that their name begins with, or to all', () => {
    for (const { name } of languageFields) {
      const [first = ''] = name.split('.');
      assert.equal(findField(name)?.event, isEventType(first) ? first : '*', name);
    }
  });

  it('have all of an iterator but no value of their own', () => {
    const ancestors = languageFields.filter(({ name }) => name.startsWith('process.ancestors.'));
    assert.ok(ancestors.length > 100);
    for (const { name } of ancestors) {
      assert.equal(findField(name)?.iterator, 'process.ancestors', name);
    }
  });
});

describe('what the agent fills', () => {
  it('is no field of an event that it does not produce', () => {
    for (const { name, event, filled } of fields) {
      if (event !== '*' && !isOperation(event)) assert.ok(!filled, name);
    }
  });

  it('is the same in the blocks of the process, its parent and its ancestors', () => {
    const filledOf = (prefix: string) =>
      fields
        .filter(({ name, filled }) => filled && name.startsWith(prefix))
        .map(({ name }) => name.slice(prefix.length));
    const parent = filledOf('process.parent.');
    assert.ok(parent.length > 50);
    assert.deepEqual(filledOf('process.ancestors.'), parent);
    assert.deepEqual(
      filledOf('process.').filter((name) => !/^(?:parent|ancestors)\./.test(name)),
      parent,
    );
  });
});
