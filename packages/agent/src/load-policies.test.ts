// SPDX-License-Identifier: Apache-2.0
// A broken rule is reported and left out; nothing left is a failure.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Failure } from '@fimbul/config';
import { loadPolicies } from './load-policies.ts';
import { describeRuleCounts } from './rule-counts.ts';

const plain = { color: false, isForThisHost: true } as const;
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-load-'));
});

afterEach(() => {
  mock.restoreAll();
  rmSync(directory, { recursive: true });
});

function write(name: string, ...rules: readonly string[]): string {
  const path = join(directory, name);
  writeFileSync(path, `rules:\n${rules.map((rule) => `  - { ${rule} }\n`).join('')}`);
  return path;
}

const good = `id: good, expression: 'open.file.name == "a"'`;
const bad = `id: bad, expression: 'open.file.nome == "a"'`;
const disabled = `id: off, disabled: true, expression: 'open.file.name == "a"'`;

test('rules of all files are loaded, in their order', () => {
  const paths = [write('z.policy', good), write('a.policy', good.replace('good', 'other'))];
  const { policies, report } = loadPolicies(paths, plain);
  assert.deepEqual(
    policies.rules.map(({ id }) => id),
    ['good', 'other'],
  );
  assert.equal(report, '');
});

test('a broken rule is reported with its place, and the others load', () => {
  const path = write('p.policy', bad, good);
  const { policies, report } = loadPolicies([path], plain);
  assert.deepEqual(
    policies.rules.map(({ id }) => id),
    ['good'],
  );
  assert.equal(policies.skippedCount, 1);
  assert.ok(report.includes(`${path}:2:`), report);
  assert.ok(report.includes('open.file.nome'), report);
  assert.ok(report.endsWith('\n') && !report.endsWith('\n\n'));
});

test('a file of a directory that cannot be read is reported, and the others load', () => {
  write('a.policy', good);
  const path = join(directory, 'b.policy');
  symlinkSync('/nowhere', path);
  const { policies, report } = loadPolicies([directory], plain);
  assert.deepEqual(
    policies.rules.map(({ id }) => id),
    ['good'],
  );
  assert.ok(report.startsWith(`${path}:1:1: error FR4033: cannot be read: `), report);
  assert.throws(() => loadPolicies([directory, path], plain), Failure);
});

test('colours are there only when asked for', () => {
  const path = write('p.policy', bad, good);
  const sequence = '\u001b[';
  assert.ok(loadPolicies([path], { ...plain, color: true }).report.includes(sequence));
  assert.ok(!loadPolicies([path], plain).report.includes(sequence));
});

test('no rule at all is a failure, after its reasons were shown', () => {
  let shown = '';
  mock.method(process.stderr, 'write', (text: string) => {
    shown += text;
    return true;
  });
  const path = write('p.policy', bad);
  assert.throws(
    () => loadPolicies([path], plain),
    (error) =>
      error instanceof Failure &&
      error.message === `load policies: no rule could be loaded from ${path}` &&
      /fimbul rules check/.test(error.advice),
  );
  assert.ok(shown.includes('open.file.nome'), shown);
});

test('a policy that asks for nothing is told so, and not that it is broken', () => {
  mock.method(process.stderr, 'write', () => true);
  assert.throws(
    () => loadPolicies([write('p.policy', disabled)], plain),
    (error) => error instanceof Failure && /^add a rule/.test(error.advice),
  );
});

test('rules for other hosts are left out and counted, unless any host is meant', () => {
  const elsewhere = `${good.replace('good', 'else')}, filters: ['os == "plan9"']`;
  const path = write('p.policy', good, elsewhere, disabled, bad);
  const here = loadPolicies([path], plain).policies;
  assert.deepEqual(
    here.rules.map(({ id }) => id),
    ['good'],
  );
  assert.equal(describeRuleCounts(here), '1 rule, 1 skipped, 1 disabled, 1 for other hosts');
  const anywhere = loadPolicies([path], { ...plain, isForThisHost: false }).policies;
  assert.equal(describeRuleCounts(anywhere), '2 rules, 1 skipped, 1 disabled');
});

test('of a directory, default.policy is loaded first', () => {
  const named = (id: string): string => good.replace('good', id);
  write('a.policy', named('second'));
  write('default.policy', named('first'));
  write('z.policy', named('third'));
  const { policies } = loadPolicies([directory], plain);
  assert.deepEqual(
    policies.rules.map(({ id }) => id),
    ['first', 'second', 'third'],
  );
});
