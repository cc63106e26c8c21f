// SPDX-License-Identifier: Apache-2.0
// Examples that people read or bring along have to be true: those of the guide, and policies in
// the shapes that other agents of this language load.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { compilePolicies } from '../compile.ts';
import { type RuleTestReport, runRuleTests } from './run-rule-tests.ts';

const guide = new URL('../../../../docs/guide/', import.meta.url);

function run(path: string, text: string): RuleTestReport {
  return runRuleTests({ path, text, resolvePolicy: () => ({ reason: 'it stands for itself' }) });
}

/** Examples, each with the line of its page before it, and empty lines so that places are right. */
function listExamples(text: string): readonly string[] {
  return [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(
    (match) => '\n'.repeat(text.slice(0, match.index).split('\n').length) + (match[1] ?? ''),
  );
}

for (const page of readdirSync(guide).filter((name) => name.endsWith('.md'))) {
  const examples = listExamples(readFileSync(new URL(page, guide), 'utf8'));
  const tests = examples.filter((text) => /^cases:/m.test(text) && /^rules:/m.test(text));
  const policies = examples.filter((text) => /^rules:/m.test(text) && !/^cases:/m.test(text));
  if (tests.length + policies.length === 0) continue;
  describe(`examples of ${page}`, () => {
    for (const text of tests) {
      const line = text.length - text.trimStart().length;
      it(`line ${line + 1}: all cases pass`, () => {
        const report = run(page, text);
        assert.deepEqual(
          report.cases.filter(({ outcome }) => outcome !== 'passed'),
          [],
        );
        assert.ok(report.ok, JSON.stringify(report.diagnostics));
      });
    }
    for (const text of policies) {
      const line = text.length - text.trimStart().length;
      it(`line ${line + 1}: loads without errors`, () => {
        const { diagnostics } = compilePolicies([{ path: page, text }]);
        assert.deepEqual(
          diagnostics.filter(({ severity }) => severity === 'error'),
          [],
        );
      });
    }
  });
}

it('the guide to rules has examples with cases', () => {
  const text = readFileSync(new URL('rules.md', guide), 'utf8');
  assert.ok(listExamples(text).filter((example) => /^cases:/m.test(example)).length >= 8);
});

describe('a policy that was written for other agents', () => {
  const path = 'written-elsewhere.yaml';
  const text = readFileSync(new URL(`../../testdata/${path}`, import.meta.url), 'utf8');
  const report = run(path, text);

  it('loads, and means the same', () => {
    assert.deepEqual(
      report.cases.map(({ name, outcome }) => [name, outcome]),
      report.cases.map(({ name }) => [name, 'passed']),
    );
    assert.ok(report.cases.length >= 5);
  });

  it('gives no diagnostic when it is tested', () => {
    assert.deepEqual([...new Set(report.diagnostics.map(({ code }) => code))], []);
  });

  it('is loaded by an agent, except for what is meant for others', () => {
    const compiled = compilePolicies([{ path, text }], {
      host: { os: 'linux', 'os.id': 'debian', 'os.is_debian': true },
    });
    assert.deepEqual(
      [compiled.filteredCount, compiled.notApplicableCount, compiled.skippedCount],
      [2, 1, 0],
    );
    const codes = compiled.diagnostics.map(({ severity, code }) => `${severity} ${code}`);
    // The two keys of a file of tests, which a policy does not have.
    assert.deepEqual(codes.sort(), ['info FR3001', 'warning FR4101', 'warning FR4101']);
  });
});
