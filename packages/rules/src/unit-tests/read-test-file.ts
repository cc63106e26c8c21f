// SPDX-License-Identifier: Apache-2.0
// Reads a file of rule tests: which policies it is about, on what host, and its cases. A case with
// a problem is kept without its steps, so that it counts as failed.

import { findHostField, type HostFact, type HostFacts, hostFields } from '@fimbul/schema';
import { isMap, isScalar, type YAMLMap } from 'yaml';
import { createDiagnostic, type Diagnostic, quote } from '../diagnostics.ts';
import { findNearestName, suggestName } from '../nearest-name.ts';
import { parseGoDuration } from '../policy/go-duration.ts';
import { readEntries, visitEntries } from '../policy/map-entries.ts';
import { atStart, parseYamlFile } from '../policy/yaml-document.ts';
import {
  createReader,
  type Entries,
  type Entry,
  failType,
  isNothing,
  placeOf,
  type Reader,
  readItemEntries,
  readScalar,
  readText,
  reportAt,
  resolveAlias,
} from '../policy/yaml-reader.ts';
import type { Place } from '../source-text.ts';
import { readEvent } from './read-event.ts';
import { readFieldValue } from './read-value.ts';
import type { TestEvent } from './test-event.ts';
import { caseKeys, stepKeys, testFileKeys } from './test-keys.ts';

export type Expected = { readonly id: string; readonly place: Place };

/** An event and the rules that match it. */
export type TestStep = {
  readonly atNs: bigint;
  readonly event: TestEvent;
  readonly matches: readonly Expected[];
  /** Of what the step expects. */
  readonly place: Place;
};

export type TestCase = {
  readonly name: string;
  readonly place: Place;
  /** Null when the case has a problem. */
  readonly steps: readonly TestStep[] | null;
};

export type NamedPolicy = { readonly path: string; readonly place: Place };

export type TestFile = {
  readonly policies: readonly NamedPolicy[];
  /** True when the file has rules or macros of its own. */
  readonly hasRules: boolean;
  readonly host: HostFacts | null;
  readonly cases: readonly TestCase[];
  readonly problems: readonly Diagnostic[];
  /** Whether it is meant as a rule test: other YAML has neither `cases` nor `policy`. */
  readonly isRuleTest: boolean;
};

const nothing: TestFile = {
  ...{ policies: [], hasRules: false, host: null, cases: [], problems: [] },
  isRuleTest: false,
};

/** Whether a key is likely to be a misspelt `cases`. */
function hasNearKey(root: YAMLMap): boolean {
  return root.items.some(({ key }) => {
    const name = isScalar(key) ? (readScalar(key) ?? '') : '';
    return findNearestName(name, Object.keys(testFileKeys)) === 'cases';
  });
}

/** Of a text that is no YAML, its lines have to tell. */
function looksLikeTest(text: string): boolean {
  return /^cases:/m.test(text);
}

/** Characters of a test; more is refused. */
export const testCharactersMax = 4 * 1024 * 1024;

/** Reads a test file; nothing but problems when it is no YAML or no map. */
export function readTestFile(path: string, text: string): TestFile {
  if (text.length > testCharactersMax) {
    const words = { size: String(text.length), limit: String(testCharactersMax) };
    const place = { file: path, line: 1, column: 1, length: 1 };
    const problems = [createDiagnostic('FR5017', words, place)];
    return { ...nothing, problems, isRuleTest: looksLikeTest(text) };
  }
  const { yaml, problems } = parseYamlFile(path, text);
  if (yaml === null) return { ...nothing, problems, isRuleTest: looksLikeTest(text) };
  const reader = createReader(yaml);
  const root = resolveAlias(reader, yaml.root);
  if (isNothing(root)) {
    return { ...nothing, problems: [createDiagnostic('FR5015', {}, atStart(yaml.file))] };
  }
  if (!isMap(root)) {
    failType(reader, { key: 'a test', keyNode: root, value: root }, 'a map');
    return { ...nothing, problems: reader.problems };
  }
  const entries = readEntries(reader, root, testFileKeys, (key) => key.startsWith('x-'));
  const hasRules = entries.has('rules') || entries.has('macros');
  const policies = readPolicyPaths(reader, entries.get('policy'));
  if (policies.length === 0 && !hasRules && reader.problems.length === 0) {
    reader.problems.push(createDiagnostic('FR5001', {}, atStart(yaml.file)));
  }
  const host = readHost(reader, entries.get('host'));
  const cases = readCases(reader, entries.get('cases'), root);
  const isRuleTest =
    entries.has('cases') ||
    entries.has('policy') ||
    looksLikeTest(text) ||
    (hasRules && hasNearKey(root));
  return { policies, hasRules, host, cases, problems: reader.problems, isRuleTest };
}

function readPolicyPaths(reader: Reader, entry: Entry | undefined): readonly NamedPolicy[] {
  if (entry === undefined) return [];
  const items = isScalar(entry.value) ? [entry] : readItemEntries(reader, entry);
  return items.flatMap((item) => {
    const path = readText(reader, item);
    return path === null ? [] : [{ path, place: placeOf(reader, item.value) }];
  });
}

function readHost(reader: Reader, entry: Entry | undefined): HostFacts | null {
  if (entry === undefined) return null;
  if (!isMap(entry.value)) return failType(reader, entry, 'a map');
  const facts = new Map<string, HostFact>();
  readFacts(reader, entry.value, { prefix: '', facts });
  return Object.fromEntries(facts);
}

type FactsPart = { readonly prefix: string; readonly facts: Map<string, HostFact> };

function readFacts(reader: Reader, map: YAMLMap, { prefix, facts }: FactsPart): void {
  visitEntries(reader, map, (entry) => {
    const { value, keyNode } = entry;
    const name = prefix + entry.key;
    if (isNothing(value)) return;
    const field = findHostField(name);
    if (isMap(value)) readFacts(reader, value, { prefix: `${name}.`, facts });
    else if (field === undefined) {
      const names = hostFields.map((fact) => fact.name);
      const suggestion = suggestName(name, names, 'see the guide to writing rules');
      reportAt(reader, 'FR5018', { name: quote(name), suggestion }, keyNode);
    } else if (!facts.has(name)) {
      const fact = readFieldValue({ reader, timeNs: 0n }, field, { ...entry, key: name });
      if (fact !== null) facts.set(name, fact as HostFact);
    }
  });
}

function readCases(reader: Reader, entry: Entry | undefined, root: YAMLMap): readonly TestCase[] {
  const items = readItemEntries(reader, entry);
  if (
    items.length === 0 &&
    (entry === undefined || isNothing(entry.value) || !isScalar(entry.value))
  ) {
    reportAt(reader, 'FR5015', {}, entry?.keyNode ?? (root.items[0]?.key as YAMLMap));
  }
  return items.map((item, index) => readCase(reader, item, index + 1));
}

function readCase(reader: Reader, item: Entry, position: number): TestCase {
  const since = reader.problems.length;
  const { value } = item;
  const place = placeOf(reader, value);
  const unnamed = `case ${position}`;
  if (!isMap(value)) {
    failType(reader, { ...item, key: 'a case' }, 'a map');
    return { name: unnamed, place, steps: null };
  }
  const entries = readEntries(reader, value, caseKeys);
  const name = readText(reader, entries.get('name')) ?? unnamed;
  const steps = readSteps(reader, entries, value);
  const isSound = reader.problems.slice(since).every(({ severity }) => severity !== 'error');
  return { name, place, steps: isSound ? steps : null };
}

function readSteps(reader: Reader, entries: Entries, map: YAMLMap): readonly TestStep[] {
  const sequence = entries.get('events');
  if (sequence === undefined) {
    const step = readStep(reader, { entries, map, item: 'case' }, 0n);
    return step === null ? [] : [step];
  }
  if (entries.has('event')) {
    reportAt(reader, 'FR5010', {}, entries.get('event')?.keyNode);
  }
  const matches = entries.get('matches');
  if (matches !== undefined) {
    const words = { key: 'matches', expected: 'at each of the events', found: 'it at the case' };
    reportAt(reader, 'FR4002', words, matches.keyNode);
  }
  const items = readItemEntries(reader, sequence);
  if (items.length === 0) reportAt(reader, 'FR5015', {}, sequence.keyNode);
  return readSequence(reader, items);
}

function readSequence(reader: Reader, items: readonly Entry[]): readonly TestStep[] {
  const steps: TestStep[] = [];
  let last = { ns: 0n, text: '0s' };
  for (const item of items) {
    if (!isMap(item.value)) {
      failType(reader, item, 'a map');
      continue;
    }
    const entries = readEntries(reader, item.value, stepKeys);
    const at = readAt(reader, entries.get('at')) ?? last;
    if (at.ns < last.ns) {
      const words = { at: at.text, before: last.text };
      reportAt(reader, 'FR5011', words, entries.get('at')?.value);
    }
    last = at;
    const step = readStep(reader, { entries, map: item.value, item: 'event' }, at.ns);
    if (step !== null) steps.push(step);
  }
  return steps;
}

function readAt(reader: Reader, entry: Entry | undefined) {
  const text = readText(reader, entry);
  if (text === null) return null;
  const ns = parseGoDuration(text);
  if (ns === null) reportAt(reader, 'FR4009', { text: quote(text) }, entry?.value);
  return ns === null ? null : { ns, text };
}

type StepSource = { readonly entries: Entries; readonly map: YAMLMap; readonly item: string };

function readStep(
  reader: Reader,
  { entries, map, item }: StepSource,
  atNs: bigint,
): TestStep | null {
  const eventEntry = entries.get('event');
  const matchesEntry = entries.get('matches');
  for (const key of ['event', 'matches']) {
    if (!entries.has(key)) reportAt(reader, 'FR4003', { item, key }, map.items[0]?.key as YAMLMap);
  }
  const event = eventEntry === undefined ? null : readEvent(reader, eventEntry, atNs);
  const matches = readMatches(reader, matchesEntry);
  if (event === null || matchesEntry === undefined) return null;
  return { atNs, event, matches, place: placeOf(reader, matchesEntry.keyNode) };
}

function readMatches(reader: Reader, entry: Entry | undefined): readonly Expected[] {
  const expected = new Map<string, Expected>();
  for (const item of readItemEntries(reader, entry)) {
    const id = isScalar(item.value) ? readScalar(item.value) : readText(reader, item);
    if (id === null) continue;
    const place = placeOf(reader, item.value);
    if (expected.has(id)) reportAt(reader, 'FR5013', { id: quote(id) }, item.value);
    else expected.set(id, { id, place });
  }
  return [...expected.values()];
}
