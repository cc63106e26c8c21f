// SPDX-License-Identifier: Apache-2.0
// Reads a rule, or an entry that changes an earlier one: by `combine: override`, or by `disabled`.

import type { OverrideField, RuleDraft } from './drafts.ts';
import { readMap, readTextMap } from './map-entries.ts';
import { overrideFields, overrideKeys, ruleKeys } from './policy-keys.ts';
import { readActions } from './read-action.ts';
import { type Definition, type DefinitionKind, readApplicability } from './read-definition.ts';
import {
  type Entries,
  placeOf,
  type Reader,
  readBoolean,
  readChoice,
  readDuration,
  readExpression,
  readInteger,
  readItemEntries,
  readText,
  readTexts,
  reportAt,
} from './yaml-reader.ts';

/** Keys that only `all` replaces. */
const replacedByAll = ['limiter_token', 'silent', 'group_id', 'priority'];

function readOverrides(reader: Reader, entries: Entries): readonly OverrideField[] {
  const options = readMap(reader, entries.get('override_options'), overrideKeys);
  const fields = readItemEntries(reader, options?.get('fields')).flatMap(
    (item) => readChoice(reader, item, overrideFields) ?? [],
  );
  // What override replaced before it had options.
  return fields.length === 0 ? ['expression'] : fields;
}

function warnOfIgnored(
  reader: Reader,
  entries: Entries,
  key: string,
  [reason, suggestion]: readonly [string, string],
): void {
  const entry = entries.get(key);
  if (entry) reportAt(reader, 'FR4105', { key, reason, suggestion }, entry.keyNode);
}

/** Says what of an override is not replaced, though it is written there. */
function checkOverride(reader: Reader, entries: Entries, overrides: readonly string[]): void {
  if (overrides.includes('all')) return;
  for (const field of overrideFields) {
    if (overrides.includes(field)) continue;
    const suggestion = `add ${field} to override_options.fields`;
    warnOfIgnored(reader, entries, field, ['this part is not overridden', suggestion]);
  }
  for (const key of replacedByAll) {
    const suggestion = 'override all, or remove the key';
    warnOfIgnored(reader, entries, key, ['only an override of all replaces it', suggestion]);
  }
}

function checkParts(reader: Reader, { id, entries }: Definition, draft: RuleDraft): void {
  const idNode = entries.get('id')?.value;
  const { isOverride, overrides } = draft;
  if (!isOverride) {
    const words = ['without combine: override', 'add combine: override'] as const;
    warnOfIgnored(reader, entries, 'override_options', words);
    if (!entries.has('expression') && !entries.has('disabled')) {
      reportAt(reader, 'FR4003', { item: `rule ${id}`, key: 'expression' }, idNode);
    }
  } else if (!draft.disabled) {
    checkOverride(reader, entries, overrides);
    const needsExpression = overrides.includes('expression') || overrides.includes('all');
    if (needsExpression && !entries.has('expression')) {
      reportAt(reader, 'FR4017', { id }, idNode);
    }
  }
  if (entries.has('limiter_token') && !entries.has('every') && !isOverride) {
    const words = ['the rule has no every', 'add every, such as every: 10s'] as const;
    warnOfIgnored(reader, entries, 'limiter_token', words);
  }
}

function readRule(reader: Reader, definition: Definition): RuleDraft {
  const { id, entries } = definition;
  const combine = readChoice(reader, entries.get('combine'), ruleKeys.combine.choices);
  const draft: RuleDraft = {
    id,
    place: placeOf(reader, entries.get('id')?.value),
    expression: readExpression(reader, entries.get('expression')),
    description: readText(reader, entries.get('description')) ?? '',
    version: readText(reader, entries.get('version')) ?? '',
    tags: readTextMap(reader, entries.get('tags')),
    productTags: readTexts(reader, entries.get('product_tags')).map((tag) => tag.text),
    everyNs: readDuration(reader, entries.get('every')),
    limiterToken: readTexts(reader, entries.get('limiter_token')),
    disabled: readBoolean(reader, entries.get('disabled')) ?? false,
    silent: readBoolean(reader, entries.get('silent')) ?? false,
    groupId: readText(reader, entries.get('group_id')),
    priority: readInteger(reader, entries.get('priority'), ruleKeys.priority) ?? 0,
    actions: readActions(reader, entries.get('actions')),
    isOverride: combine === 'override',
    overrides: readOverrides(reader, entries),
    ...readApplicability(reader, entries),
  };
  checkParts(reader, definition, draft);
  return draft;
}

export const ruleKind: DefinitionKind<RuleDraft> = {
  name: 'rule',
  keys: ruleKeys,
  read: readRule,
};
