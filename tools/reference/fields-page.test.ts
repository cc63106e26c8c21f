// SPDX-License-Identifier: Apache-2.0
// The page of fields says something of every field, and its links lead somewhere.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldAliases } from '../../packages/schema/src/event/field-aliases.ts';
import { fields } from '../../packages/schema/src/event/fields.ts';
import { hostFields } from '../../packages/schema/src/event/host-fields.ts';
import { writeConstantsPage } from './constants-page.ts';
import { writeFieldsPage } from './fields-page.ts';

const text = writeFieldsPage();
const mentioned = new Set([...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ''));

/** The prefixes and the fields under them, of which the page shows each once. */
function isShownByBlock(name: string): boolean {
  const parts = name.split('.');
  return parts.some((_, length) => {
    const prefix = `${parts.slice(0, length).join('.')}.*`;
    const rest = parts.slice(length).join('.');
    const inner = rest.replace(/^(?:interpreter\.)?file\./, '');
    return mentioned.has(prefix) && (mentioned.has(rest) || mentioned.has(inner));
  });
}

describe('the page of fields', () => {
  it('has every field that rules can read, by itself or in a block', () => {
    for (const { name, inRules } of fields) {
      if (inRules) assert.ok(mentioned.has(name) || isShownByBlock(name), name);
    }
  });

  it('has every other name and every fact of the host', () => {
    for (const alias of fieldAliases.keys()) assert.ok(mentioned.has(alias), alias);
    for (const { name } of hostFields) assert.ok(mentioned.has(name), name);
  });

  it('has links that lead to a heading', () => {
    const titles = (page: string) =>
      new Set([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => (title ?? '').toLowerCase()));
    const own = titles(text);
    const constants = titles(writeConstantsPage());
    const links = [...text.matchAll(/\]\((constants\.md)?#([^)]+)\)/g)];
    assert.ok(links.length > 20);
    for (const [link, page, anchor = ''] of links) {
      assert.ok((page ? constants : own).has(anchor.replaceAll('-', ' ')), link);
    }
  });

  it('shows each block once, however many events have it', () => {
    assert.equal(text.match(/^\| `change_time` /gm)?.length, 1);
    assert.equal(text.match(/^\| `fsuser` /gm)?.length, 1);
  });
});
