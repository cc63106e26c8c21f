// SPDX-License-Identifier: Apache-2.0
// What `fimbul rules check` says of policies, and the exit status it leaves.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { Command } from 'commander';
import { addRulesCommand } from './rules.ts';

let directory = '';

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-check-'));
});

after(() => rmSync(directory, { recursive: true }));

afterEach(() => {
  mock.restoreAll();
  process.exitCode = undefined;
});

const good = `{ id: good, expression: 'open.file.name == "a"' }`;
const bad = `{ id: bad, expression: 'open.file.nome == "a"' }`;
const disabled = `{ id: off, disabled: true, expression: 'open.file.name == "a"' }`;
const elsewhere = `{ id: net, expression: 'bind.addr.port == 22' }`;
const filtered = `{ id: bsd, filters: ['os != "linux"'], expression: 'open.file.nome == "a"' }`;
/** Stands for a rule on each operation that changes files. */
const written = `{ id: change, expression: 'fim.write.file.path == "/etc/hosts"' }`;
/** Never true: a mistake, but one that loads. */
const warned = `{ id: never, expression: 'open.retval > 0 && open.retval < 0' }`;

function check(flags: readonly string[], ...rules: readonly string[]) {
  return checkText(`rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`, flags);
}

function checkText(text: string, flags: readonly string[] = []) {
  const path = join(directory, 'p.policy');
  writeFileSync(path, text);
  let output = '';
  mock.method(process.stdout, 'write', (text: string) => {
    output += text;
    return true;
  });
  const program = new Command();
  addRulesCommand(program);
  program.parse(['rules', 'check', ...flags, path], { from: 'user' });
  mock.restoreAll();
  return { output, path, status: process.exitCode };
}

describe('the summary', () => {
  const cases: readonly (readonly [rules: readonly string[], line: string, status: number])[] = [
    [[good], '1 rule, 0 errors, 0 warnings', 0],
    [[good, good.replace('good', 'two')], '2 rules, 0 errors, 0 warnings', 0],
    [[good, bad], '1 rule, 1 skipped, 1 error, 0 warnings', 1],
    [[good, disabled], '1 rule, 1 disabled, 0 errors, 0 warnings', 0],
    [[good, elsewhere], '1 rule, 1 not applicable here, 0 errors, 0 warnings', 0],
    [[good, filtered], '1 rule, 1 for other hosts or versions, 0 errors, 0 warnings', 0],
    [[written], '1 rule, 0 errors, 0 warnings', 0],
  ];
  for (const [rules, line, status] of cases) {
    it(`${line}: exit status ${status}`, () => {
      const result = check([], ...rules);
      assert.equal(result.output.trimEnd().split('\n').at(-1), line);
      assert.equal(result.status, status);
    });
  }
});

it('problems are shown with their place', () => {
  const { output, path } = check([], good, bad);
  assert.ok(output.includes(`${path}:3:`), output);
  assert.ok(output.includes('open.file.nome'), output);
});

it('warnings fail a strict check only', () => {
  const lenient = check([], warned);
  assert.match(lenient.output, /1 rule, 0 errors, 1 warning\n$/);
  assert.equal(lenient.status, 0);
  assert.equal(check(['--strict'], warned).status, 1);
  assert.equal(check(['--strict'], good).status, 0);
});

it('rules for other hosts are checked on request', () => {
  const { output, status } = check(['--all-hosts'], good, filtered);
  assert.match(output, /open\.file\.nome/);
  assert.match(output, /1 rule, 1 skipped, 1 error, 0 warnings\n$/);
  assert.equal(status, 1);
});

it('a file without rules is an error where the key is misspelt', () => {
  const { output, status } = checkText('rule:\n  - { id: a, expression: open.flags == 0 }\n');
  assert.match(output, /:1:1: error FR4013: the file has no rules/);
  assert.equal(status, 1);
});

it('no control character of a policy reaches the terminal', () => {
  const hostile = `{ id: "a\\e[2Jb\\u202e", expression: "open.file.n\u202eme == 1" }`;
  for (const flags of [[], ['--json']]) {
    const { output, status } = check(flags, hostile);
    assert.doesNotMatch(output, /(?!\n)[\p{Cc}\p{Cf}]/u);
    assert.equal(status, 1);
  }
});

it('as JSON is one object with all of it', () => {
  const { output, path, status } = check(['--json'], good, bad, disabled);
  const parsed = JSON.parse(output) as Record<string, unknown> & {
    diagnostics: { severity: string }[];
  };
  assert.equal(status, 1);
  const { diagnostics, ...counts } = parsed;
  assert.deepEqual(counts, {
    ok: false,
    rules: 1,
    skippedCount: 1,
    disabledCount: 1,
    filteredCount: 0,
    notApplicableCount: 0,
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, [
    {
      code: 'FR1101',
      severity: 'error',
      file: path,
      line: 3,
      column: 29,
      length: 14,
      message: 'unknown name "open.file.nome"',
      advice: 'did you mean open.file.name?',
      rule: 'bad',
    },
  ]);
});

describe('what cannot be read', () => {
  const read = (...paths: readonly string[]) => {
    let output = '';
    mock.method(process.stdout, 'write', (text: string) => {
      output += text;
      return true;
    });
    const program = new Command();
    addRulesCommand(program);
    program.parse(['rules', 'check', ...paths], { from: 'user' });
    mock.restoreAll();
    return { output, status: process.exitCode };
  };

  it('is an error of its own, and the others are checked', () => {
    const { path } = check([], good, disabled);
    const gone = join(directory, 'gone.policy');
    const { output, status } = read(gone, path);
    const expected = `${gone}:1:1: error FR4033: cannot be read: there is no such file or directory
   = help: check the path on the command line, or in the configuration

1 rule, 1 disabled, 1 error, 0 warnings
`;
    assert.deepEqual({ output, status }, { output: expected, status: 1 });
  });

  it('is told in JSON', () => {
    const { path } = check([], good);
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    const { output, status } = read('--json', empty, path);
    assert.equal(status, 1);
    const { ok, rules, diagnostics } = JSON.parse(output);
    assert.deepEqual({ ok, rules }, { ok: false, rules: 1 });
    assert.equal(diagnostics.length, 1);
    assert.equal(diagnostics[0].file, empty);
    assert.equal(diagnostics[0].message, 'cannot be read: the directory has no *.policy file');
  });
});

describe('standard input', () => {
  const main = new URL('../main.ts', import.meta.url).pathname;
  const pipe = (input: string | Uint8Array) =>
    spawnSync(process.execPath, [main, 'rules', 'check', '-', '--json'], {
      ...{ input, encoding: 'utf8' },
    });

  it('is checked, and has a name in what is said of it', () => {
    const { status, stdout } = pipe(`rules:\n  - ${bad}\n`);
    assert.equal(status, 1);
    const { diagnostics } = JSON.parse(stdout);
    assert.deepEqual(
      diagnostics.map(({ file, line, code }: Record<string, unknown>) => [file, line, code]),
      [['<stdin>', 2, 'FR1101']],
    );
    assert.equal(pipe(`rules:\n  - ${good}\n`).status, 0);
  });

  it('has to be UTF-8', () => {
    const { status, stdout } = pipe(Uint8Array.of(0xff));
    assert.equal(status, 1);
    assert.match(stdout, /"cannot be read: it is not UTF-8"/);
  });
});
