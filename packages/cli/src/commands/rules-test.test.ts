// SPDX-License-Identifier: Apache-2.0
// `fimbul rules test`: which files it reads, what it prints, and the exit status it leaves.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
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
    for (const flags of [[], ['--json']]) {
      const { stdout } = run(...flags, path);
      for (const line of stdout.split('\n')) assert.doesNotMatch(line, /\p{Cc}/u);
    }
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
      skipped: [],
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

  it('without a test is an error that says so', () => {
    const what = 'the directory has no rule test, nor have those below it';
    const expected = `${directory}:1:1: error FR4033: cannot be read: ${what}
   = help: name a file with \`cases:\`, or a directory with such files

0 passed, 0 failed
`;
    assert.deepEqual(run(directory), { stdout: expected, status: 1 });
    // Nor do files that are about something else make it one.
    const other = write('compose.yaml', 'services: {}\n');
    const stdout = `${other}: skipped: no rule test, as it has no \`cases:\`\n${expected}`;
    assert.deepEqual(run(directory), { stdout, status: 1 });
  });

  it('may have YAML that is no rule test, which is skipped with a note', () => {
    const test = write('t.yaml', `${rules}cases:\n${makeCase('one', 'a')}`);
    const others = [
      write('compose.yaml', 'services: {}\n'),
      write('empty.yaml', ''),
      write('kubernetes.yaml', 'kind: Role\nrules: [{ verbs: [get] }]\n'),
      write('list.yaml', '- a\n'),
      write('template.yaml', '{{ template }}: [\n'),
      write('two.yaml', 'a: 1\n---\nb: 2\n'),
    ];
    const notes = others.map((path) => `${path}: skipped: no rule test, as it has no \`cases:\`\n`);
    const { stdout, status } = run(directory);
    assert.equal(
      stdout,
      `${notes.slice(0, 4).join('')}${notes.slice(4).join('')}1 passed, 0 failed\n`,
    );
    assert.equal(status, 0);
    const json = JSON.parse(run('--json', directory).stdout);
    assert.deepEqual(json.skipped, others);
    assert.deepEqual(
      json.files.map(({ path }: { path: string }) => path),
      [test],
    );
    // One that somebody named should have been a test.
    for (const path of others) {
      const named = run(directory, path);
      assert.equal(named.status, 1, path);
      assert.ok(
        named.stdout.includes(`${path}:1:1: error FR`) ||
          named.stdout.includes(`${path}:2:1: error FR`),
        named.stdout,
      );
    }
  });

  it('does not skip a test for a mistake in it', () => {
    const mistakes = [
      `${rules}case:\n${makeCase('one', 'a')}`,
      `${rules}cases:\n`,
      'policy: p.policy\n',
      'cases:\n  - [\n',
      '{"policy": "p.policy", "cases": []}\n',
    ];
    for (const text of mistakes) {
      write('t.yaml', text);
      const { stdout, status } = run(directory);
      assert.equal(status, 1, text);
      assert.match(stdout, /^\S+t\.yaml:\d+:\d+: error FR/m, text);
    }
  });
});

describe('what cannot be read', () => {
  const good = `${rules}cases:\n${makeCase('one', 'a')}`;

  it('is an error of its own, and the others run', () => {
    const gone = join(directory, 'gone.yaml');
    const { stdout, status } = run(gone, write('t.yaml', good));
    const expected = `${gone}:1:1: error FR4033: cannot be read: there is no such file or directory
   = help: check the path on the command line

1 passed, 0 failed
`;
    assert.deepEqual({ stdout, status }, { stdout: expected, status: 1 });
  });

  it('is told in JSON', () => {
    const path = write('latin1.yaml', 'cases:\n');
    writeFileSync(path, Uint8Array.of(0xff));
    const { stdout, status } = run('--json', path, write('t.yaml', good));
    assert.equal(status, 1);
    const { ok, passed, failed, files } = JSON.parse(stdout);
    assert.deepEqual({ ok, passed, failed }, { ok: false, passed: 1, failed: 0 });
    const [diagnostic] = files[0].diagnostics;
    assert.equal(diagnostic.file, path);
    assert.equal(diagnostic.message, 'cannot be read: it is not UTF-8');
    assert.equal(files[1].ok, true);
  });

  it('is told by its own name where a directory has it', () => {
    write('t.yaml', good);
    const path = join(directory, 'dangling.yaml');
    symlinkSync('nowhere', path);
    symlinkSync('circle.yaml', join(directory, 'circle.yaml'));
    const { stdout, status } = run(directory);
    assert.equal(status, 1);
    const what = 'error FR4033: cannot be read: it is a symbolic link to nothing';
    assert.ok(stdout.includes(`${path}:1:1: ${what}\n   = help: mend it, or remove it`), stdout);
    assert.match(stdout, /circle\.yaml:1:1: .* symbolic links lead in a circle\n/);
    assert.match(stdout, /\n1 passed, 0 failed\n$/);
  });

  it('may be a directory below another', (context) => {
    write('t.yaml', good);
    const below = join(directory, 'below');
    mkdirSync(below, { mode: 0 });
    // Root may read everything, so it steps down for the time of the test.
    const user = process.geteuid?.();
    chmodSync(directory, 0o755);
    if (user === 0) {
      process.seteuid?.(65_534);
      context.after(() => process.seteuid?.(0));
    }
    const { stdout, status } = run(directory);
    if (user === 0) process.seteuid?.(0);
    assert.equal(status, 1);
    assert.ok(stdout.includes(`${below}:1:1: error FR4033: cannot be read: permission denied\n`));
    assert.match(stdout, /\n1 passed, 0 failed\n$/);
  });
});

describe('standard input', () => {
  const main = new URL('../main.ts', import.meta.url).pathname;
  const pipe = (input: string, ...flags: readonly string[]) =>
    spawnSync(process.execPath, [main, 'rules', 'test', '-', ...flags], {
      ...{ input, encoding: 'utf8', cwd: directory },
    });

  it('is a test, and its policies are found from where the command is', () => {
    write('p.policy', rules);
    const { stdout, status } = pipe(`policy: p.policy\ncases:\n${makeCase('one', 'a')}`);
    assert.deepEqual([stdout, status], ['1 passed, 0 failed\n', 0]);
  });

  it('has a name in what is said of it', () => {
    const { stdout, status } = pipe('cases: [', '--json');
    assert.equal(status, 1);
    const [file] = JSON.parse(stdout).files;
    assert.deepEqual([file.path, file.diagnostics[0].file], ['<stdin>', '<stdin>']);
  });
});

it('a call without a path is wrong use', () => {
  mock.method(process.stderr, 'write', () => true);
  assert.throws(() => run(), { code: 'commander.missingArgument' });
});
