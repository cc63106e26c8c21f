// SPDX-License-Identifier: Apache-2.0
// The default policy as a whole: nothing to warn of, every rule described, tagged and tested with
// an event that it tells of and one that it does not, and cheap for the kernel.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compilePolicies,
  type Diagnostic,
  filterEvent,
  formatPolicy,
  runRuleTests,
} from '@fimbul/rules';
import { fileOperations, isEventType } from '@fimbul/schema';
import { parse } from 'yaml';
import {
  compileForAllEvents,
  defaultPolicy,
  macroTexts,
  readTestFiles,
  ruleTexts,
} from './policy-under-test.ts';

type CaseText = { readonly name: string; readonly matches?: readonly string[] };

const ruleCountMin = 120;
const severities = ['info', 'low', 'medium', 'high', 'critical'];
/** Integrity of files, of logs, and of the time. */
const pciRequirements = ['11.5.2', '10.3.4', '10.6.3'];

function describeProblems(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, line, message, rule }) => `${rule ?? '-'}:${line} ${code} ${message}`);
}

describe('the default policy', () => {
  it('has nothing to warn of, on this agent and on one that produces every event', () => {
    assert.deepEqual(describeProblems(compilePolicies([defaultPolicy]).diagnostics), []);
    const { diagnostics } = compileForAllEvents();
    // This agent fills no fields of events that it does not produce.
    const others = diagnostics.filter(({ code }) => code !== 'FR2101');
    assert.deepEqual(describeProblems(others), []);
  });

  it(`has at least ${ruleCountMin} rules, all on files`, () => {
    const { rules, ruleCount } = compilePolicies([defaultPolicy]);
    assert.ok(ruleCount >= ruleCountMin, `${ruleCount} rules`);
    const types = new Set(rules.map(({ eventType }) => eventType));
    assert.deepEqual([...types].sort(), ['chmod', 'open', 'rename', 'unlink']);
  });

  it('is laid out as the formatter does', () => {
    for (const { path, text } of [defaultPolicy, ...readTestFiles()]) {
      const formatted = formatPolicy(path, text);
      assert.ok(formatted.kind === 'formatted' && !formatted.isChanged, path);
    }
  });

  it('reads ordinary files unseen: no lane asks the kernel for plain reads of any name', () => {
    const { filter } = compilePolicies([defaultPolicy]);
    const read = {
      ...{
        sourceName: 'report.txt',
        destinationName: null,
        values: { flags: 0, created: 0 },
        result: 3n,
      },
      ...{ sourcePath: null, destinationPath: null },
    };
    assert.equal(filterEvent(filter, 'open', read), 0n);
    assert.notEqual(filterEvent(filter, 'open', { ...read, sourceName: 'shadow' }), 0n);
  });

  it('sees nothing of ordinary changes: no lane asks the kernel for them', () => {
    const { filter } = compilePolicies([defaultPolicy]);
    const ids = { uid: 0, gid: 0, euid: 0, egid: 0, fsuid: 0, fsgid: 0, auid: 0 };
    const process = { program: ['usr', 'bin', 'vi'], ancestors: [['usr', 'bin', 'bash']] };
    const changes = {
      open: [
        { flags: 0o1101, mode: 0o644, created: 1 },
        { flags: 0o2001, mode: 0, created: 0 },
      ],
      unlink: [{ flags: 0 }],
      rename: [{ flags: 0, file_mode: 0o100644, destination_mode: 0o100644 }],
      chmod: [{ file_mode: 0o100600, mode: 0o100644 }],
    } as const;
    for (const directory of ['/var/tmp/work', '/home/anna/src/lib', '/var/log/app', '/root']) {
      const [, ...sourcePath] = `${directory}/report.txt`.split('/');
      const [, ...destinationPath] = `${directory}/report.old`.split('/');
      for (const operation of fileOperations) {
        for (const own of changes[operation]) {
          const lanes = filterEvent(filter, operation, {
            ...{ sourceName: 'report.txt', sourcePath, process, result: 0n },
            ...(operation === 'rename'
              ? { destinationName: 'report.old', destinationPath }
              : { destinationName: null, destinationPath: null }),
            values: { ...ids, contained: 0, file_uid: 0, file_gid: 0, ...own },
          });
          assert.equal(lanes, 0n, `${operation} in ${directory}`);
        }
      }
    }
  });
});

describe('every rule', () => {
  it('has a name that says what happened, a sentence, and a macro has one too', () => {
    for (const { id, description } of [...ruleTexts, ...macroTexts]) {
      assert.match(description, /^[A-Z].*\.$/s, id);
    }
    for (const { id } of ruleTexts) assert.match(id, /^[a-z]+(?:_[a-z]+)+$/);
  });

  it('has the tags that reports are made from', () => {
    for (const { id, tags } of ruleTexts) {
      assert.match(tags.group ?? '', /^[a-z]+$/, id);
      assert.match(tags.technique ?? '', /^T\d{4}(?:\.\d{3})?$/, id);
      assert.match(tags.cis ?? '', /^[1-7]\.\d$/, id);
      assert.ok(severities.includes(tags.severity ?? ''), id);
      assert.match(tags.nist_800_53 ?? '', /^(?:SI-7|SI-4|AU-9)$/, id);
      // Reading a secret changes nothing: no requirement on integrity is about it.
      const isReading = tags.nist_800_53 === 'SI-4' && tags.pci_dss === undefined;
      assert.ok(isReading || pciRequirements.includes(tags.pci_dss ?? ''), id);
    }
  });

  it('is on one event type that exists', () => {
    for (const { eventType } of compileForAllEvents().rules) assert.ok(isEventType(eventType));
  });
});

describe('rule tests', () => {
  const files = readTestFiles();
  const cases = files.flatMap(({ text }) => (parse(text) as { cases: CaseText[] }).cases);

  it('has an event that matches for every rule, and a close one that does not', () => {
    for (const { id } of ruleTexts) {
      assert.ok(
        cases.some(({ name, matches }) => name.startsWith(id) && matches?.includes(id)),
        `${id} has no case that matches`,
      );
      const prefix = `${id}, near miss`;
      assert.ok(
        cases.some(({ name, matches }) => name.startsWith(prefix) && !matches?.includes(id)),
        `${id} has no near miss`,
      );
    }
  });

  for (const { path, text } of files) {
    it(path.replace(/.*\//, ''), () => {
      const report = runRuleTests({
        path,
        text,
        resolvePolicy: () => ({ policies: [defaultPolicy] }),
      });
      const failed = report.cases.filter(({ outcome }) => outcome !== 'passed');
      assert.deepEqual(describeProblems(report.diagnostics), []);
      assert.deepEqual(
        failed.map(({ name, failures }) => ({
          name,
          missing: failures.map(({ missing }) => missing),
          unexpected: failures.map(({ unexpected }) => unexpected),
        })),
        [],
      );
    });
  }
});
