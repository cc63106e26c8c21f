// SPDX-License-Identifier: Apache-2.0
// Reads a policy file: what its macros and rules say, before any expression is parsed.

import { isMap, isScalar, type YAMLMap } from 'yaml';
import { createDiagnostic, reportUnreadable } from '../diagnostics.ts';
import { findNearestName } from '../nearest-name.ts';
import type { PolicyDraft } from './drafts.ts';
import { readEntries } from './map-entries.ts';
import { policyKeys } from './policy-keys.ts';
import { firstOf, readDefinitions } from './read-definition.ts';
import { macroKind } from './read-macro.ts';
import { ruleKind } from './read-rule.ts';
import { atStart, parseYamlFile } from './yaml-document.ts';
import {
  createReader,
  type Entries,
  failType,
  isNothing,
  placeOf,
  type Reader,
  readChoice,
  readScalar,
  readText,
  reportAt,
  resolveAlias,
} from './yaml-reader.ts';

export type PolicySource = {
  /** As it appears in diagnostics and in alerts. */
  readonly path: string;
  readonly text: string;
  /** Why the file could not be read and what to do about it, where it could not. */
  readonly unreadable?: { readonly reason: string; readonly advice: string };
  /** Keys at the top that are not the policy's: a file may be more than a policy. */
  readonly otherKeys?: readonly string[];
};

/** The name by which another policy can replace this one. */
export function getPolicyId(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.policy$/, '');
}

/** Reads a policy file; `otherKeys` are those of the file that are not for policies. */
export function readPolicy({ path, text, unreadable, otherKeys = [] }: PolicySource): PolicyDraft {
  const empty: PolicyDraft = {
    ...{ path, id: getPolicyId(path), replaces: null, macros: [], rules: [], problems: [] },
    ...{ unreadableRuleCount: 0, brokenIds: new Set() },
  };
  if (unreadable) return { ...empty, problems: [reportUnreadable(path, unreadable)] };
  const { yaml, problems } = parseYamlFile(path, text);
  if (yaml === null) return { ...empty, problems };
  const reader = createReader(yaml);
  const root = resolveAlias(reader, yaml.root);
  if (isNothing(root)) {
    return { ...empty, problems: [createDiagnostic('FR4005', {}, atStart(yaml.file))] };
  }
  if (!isMap(root)) {
    failType(reader, { key: 'a policy', keyNode: root, value: root }, 'a map');
    return { ...empty, problems: reader.problems };
  }
  // Keys that begin with x- are the author's own: a place for anchors.
  const isOther = (key: string) => key.startsWith('x-') || otherKeys.includes(key);
  const entries = readEntries(reader, root, policyKeys, isOther);
  checkContent(reader, root, entries);
  readText(reader, entries.get('version'));
  readChoice(reader, entries.get('type'), policyKeys.type.choices);
  const macros = readDefinitions(reader, entries.get('macros'), macroKind);
  const rules = readDefinitions(reader, entries.get('rules'), ruleKind);
  return {
    ...empty,
    replaces: readReplacement(reader, entries),
    macros: macros.items,
    rules: rules.items,
    unreadableRuleCount: rules.brokenCount,
    brokenIds: new Set(rules.brokenIds),
    problems: reader.problems,
  };
}

function readReplacement(reader: Reader, entries: Entries): PolicyDraft['replaces'] {
  const entry = entries.get('replace_policy_id');
  const id = readText(reader, entry);
  return id === null || id === '' ? null : { id, place: placeOf(reader, entry?.value) };
}

/** A file without rules is an error where it looks like a mistake. */
function checkContent(reader: Reader, root: YAMLMap, entries: Entries): void {
  if (entries.has('rules')) return;
  const known = Object.keys(policyKeys);
  for (const { key } of root.items) {
    const name = isScalar(key) ? (readScalar(key) ?? '') : '';
    if (name === 'rules') break;
    if (known.includes(name) || findNearestName(name, known) !== 'rules') continue;
    reportAt(reader, 'FR4013', { suggestion: 'did you mean rules?' }, key as typeof root);
    return;
  }
  if (entries.has('macros')) return;
  reportAt(reader, 'FR4013', { suggestion: 'add rules, or macros for others' }, firstOf(root));
}
