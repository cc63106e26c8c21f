// SPDX-License-Identifier: Apache-2.0
// `fimbul rules test`: which files it reads, what it prints, and the exit status it leaves.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Failure } from '@fimbul/config';
import { Command } from 'commander';
import { addRulesCommand } from './rules.ts';

const rules = `rules:
  - { id: a, expression: 'open.file.name == "x"' }
  - { id: b, expression: 'open.file.name == "y"' }
`;

const makeCase = (name: string, matches: string) => `  - name: ${name}
    event: { type: open, open: { file: { path: /x } } }
    matches: [${matches}]
`;

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-rule-test-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  mock.restoreAll();
  process.exitCode = undefined;
});

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function run(...args: readonly string[]) {
  let stdout = '';
  mock.method(process.stdout, 'write', (text: string) => {
    stdout += text;
    return true;
  });
  const program = new Command().exitOverride();
  addRulesCommand(program);
  try {
    program.parse(['rules', 'test', ...args], { from: 'user' });
  } finally {
    mock.restoreAll();
  }
  return { stdout, status: process.exitCode };
}

describe('the output', () => {
  it('of tests that pass is their number', () => {
    const path = write('t.yaml', `${rules}cases:\n${makeCase('one', 'a')}${makeCase('two', 'a')}`);
    assert.deepEqual(run(path), { stdout: '2 passed, 0 failed\n', status: 0 });
  });

  it('of tests that fail says where and how', () => {
    const path = write('t.yaml', `${rules}cases:\n${makeCase('one', 'a')}${makeCase('two', 'b')}`);
    const expected = `${path}:10: failed: two
  open: expected b; matched a
    − b
    + a

1 passed, 1 failed
`;
    assert.deepEqual(run(path), { stdout: expected, status: 1 });
  });

  it('says which event of a sequence it is about', () => {
    const path = write(
      't.yaml',
      `rules: [{ id: r, expression: open.flags == 0, every: 10s }]
cases:
  - name: often
    events:
      - { event: { type: open }, matches: [r] }
      - { at: 2500ms, event: { type: open }, matches: [r] }
`,
    );
    const expected = `${path}:6: failed: often
  event 2 of 2, at 2.5s, open: expected r; matched none
    − r (matched, and was held back by every)

0 passed, 1 failed
`;
    assert.deepEqual(run(path), { stdout: expected, status: 1 });
  });

  it('has problems with their place, and the cases that they keep from running', () => {
    const path = write('t.yaml', `${rules}cases:\n${makeCase('one', 'aa')}`);
    const { stdout, status } = run(path);
    assert.equal(status, 1);
    assert.ok(stdout.startsWith(`${path}:7:15: error FR5012: no rule "aa" is loaded\n`), stdout);
    assert.match(stdout, /\n 7 \| {5}matches: \[aa\]\n {3}\| {15}\^\^\n/);
    assert.match(stdout, /:5: not run: one\n\n0 passed, 1 failed\n$/);
  });

  it('lets nothing of a file reach the terminal as a command', () => {
    const name = '"\\e[2J\\u009b31m"';
    const path = write('t.yaml', `${rules}cases:\n${makeCase(name, 'b')}`);
    for (const line of run(path).stdout.split('\n')) assert.doesNotMatch(line, /\p{Cc}/u);
  });

  it('as JSON is one object with all of it', () => {
    const path = write('t.yaml', `${rules}cases:\n${makeCase('one', 'a')}${makeCase('two', 'b')}`);
    const { stdout, status } = run('--json', path);
    assert.equal(status, 1);
    const failure = { line: 10, column: 5, at: '0s', position: 1, count: 1, eventType: 'open' };
    const ids = { expected: ['b'], actual: ['a'], missing: ['b'], unexpected: ['a'], heldBack: [] };
    const cases = [
      { name: 'one', line: 5, column: 5, outcome: 'passed', failures: [] },
      { name: 'two', line: 8, column: 5, outcome: 'failed', failures: [{ ...failure, ...ids }] },
    ];
    assert.deepEqual(JSON.parse(stdout), {
      ...{ ok: false, passed: 1, failed: 1 },
      files: [{ path, ok: false, diagnostics: [], cases }],
    });
  });

  it('is coloured only where that is wanted', (context) => {
    const path = write('t.yaml', `${rules}cases:\n${makeCase('one', 'b')}`);
    assert.ok(!run(path).stdout.includes('\u001b'));
    process.env.FORCE_COLOR = '1';
    context.after(() => delete process.env.FORCE_COLOR);
    assert.ok(run(path).stdout.includes('\u001b[31m    − b\u001b[0m'));
  });
});

describe('policies', () => {
  it('are found from the folder of the test', () => {
    mkdirSync(join(directory, 'policies'));
    mkdirSync(join(directory, 'tests'));
    write('policies/p.policy', rules);
    for (const name of ['../policies/p.policy', '../policies', join(directory, 'policies')]) {
      const path = write('tests/t.yaml', `policy: ${name}\ncases:\n${makeCase('one', 'a')}`);
      assert.deepEqual(run(path), { stdout: '1 passed, 0 failed\n', status: 0 }, name);
    }
  });

  it('that cannot be read are a problem of the test', () => {
    const path = write('t.yaml', `policy: gone.policy\ncases:\n${makeCase('one', 'a')}`);
    const { stdout, status } = run(path);
    assert.equal(status, 1);
    assert.match(
      stdout,
      /:1:9: error FR5002: the policy cannot be used: read policy .*no such file/,
    );
  });
});

describe('a directory', () => {
  it('stands for the tests in it and below, sorted, and is searched once', () => {
    mkdirSync(join(directory, 'sub', 'deep'), { recursive: true });
    for (const name of ['b.yaml', 'a.yml', 'sub/deep/c.yaml']) {
      write(name, `${rules}cases:\n${makeCase(name, 'b')}`);
    }
    write('p.policy', 'not a test');
    symlinkSync(directory, join(directory, 'sub', 'loop'));
    symlinkSync(join(directory, 'gone'), join(directory, 'dangling'));
    const { stdout, status } = run(directory, join(directory, 'b.yaml'));
    const failed = [...stdout.matchAll(/^(\S+):\d+: failed: /gm)].map(([, path]) => path);
    assert.deepEqual(
      failed,
      ['a.yml', 'b.yaml', 'sub/deep/c.yaml'].map((name) => join(directory, name)),
    );
    assert.match(stdout, /\n0 passed, 3 failed\n$/);
    assert.equal(status, 1);
  });

  it('without a test is a failure that says so', () => {
    assert.throws(
      () => run(directory),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, /there is no \*\.yaml file in it or below/);
        assert.equal(error.exitCode, 1);
        return true;
      },
    );
  });
});

it('a path that is not there is a failure that says so', () => {
  assert.throws(() => run(join(directory, 'gone.yaml')), /gone\.yaml: .*no such file or directory/);
});

it('a call without a path is wrong use', () => {
  mock.method(process.stderr, 'write', () => true);
  assert.throws(() => run(), { code: 'commander.missingArgument' });
});
