// SPDX-License-Identifier: Apache-2.0
// `fimbul rules check`: its exit status, what it shows of a problem, and its JSON.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runFimbul } from './support/fimbul.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();

after(() => workspace[Symbol.dispose]());

const good = workspace.writeFile(
  'good.policy',
  'rules:\n  - id: good\n    expression: open.file.path == "/etc/passwd"\n',
);
const warned = workspace.writeFile(
  'warned.policy',
  'rules:\n  - id: warned\n    descripton: typo\n    expression: open.file.path == "/etc/passwd"\n',
);
const broken = workspace.writeFile(
  'broken.policy',
  [
    'rules:',
    '  - id: unknown_name',
    '    expression: open.file.nam == "passwd"',
    '  - id: good',
    '    expression: open.file.name == "passwd"',
    '  - id: wrong_type',
    '    expression: open.file.path == 3',
    '',
  ].join('\n'),
);

test('good policies: a summary, and 0', async () => {
  const { status, stdout, stderr } = await runFimbul(['rules', 'check', good]);
  assert.deepEqual(
    { status, stdout, stderr },
    { status: 0, stdout: '1 rule, 0 errors, 0 warnings\n', stderr: '' },
  );
});

test('warnings: shown with a caret and what was meant, and 0', async () => {
  const { status, stdout } = await runFimbul(['rules', 'check', warned]);
  assert.equal(status, 0);
  assert.ok(
    stdout.startsWith(`${warned}:3:5: warning FR4101: unknown key "descripton" [warned]\n`),
  );
  assert.match(stdout, /^ 3 \| {5}descripton: typo\n {3}\| {5}\^{10}\n {3}= help: did you mean/m);
  assert.match(stdout, /\n1 rule, 0 errors, 1 warning\n$/);
});

test('--strict: the same, and 1', async () => {
  const lenient = await runFimbul(['rules', 'check', warned]);
  const strict = await runFimbul(['rules', 'check', '--strict', warned]);
  assert.equal(strict.status, 1);
  assert.equal(strict.stdout, lenient.stdout);
  assert.equal((await runFimbul(['rules', 'check', '--strict', good])).status, 0);
});

test('errors: every one with its place, and 1', async () => {
  const { status, stdout } = await runFimbul(['rules', 'check', broken]);
  assert.equal(status, 1);
  const places = [
    ...stdout.matchAll(/^\S+broken\.policy:(\d+):(\d+): error (FR\d+): .*\[(\w+)\]$/gm),
  ];
  assert.deepEqual(
    places.map(([, line, column, , rule]) => [line, column, rule]),
    [
      ['3', '17', 'unknown_name'],
      ['7', '35', 'wrong_type'],
    ],
  );
  assert.match(stdout, /help: did you mean open\.file\.name\?/);
  assert.match(stdout, /^ {3}\| {17}\^{13}$/m);
  assert.match(stdout, /\n1 rule, 2 skipped, 2 errors, 0 warnings\n$/);
});

test('--json: the same problems for editors', async () => {
  const { status, stdout } = await runFimbul(['rules', 'check', '--json', broken]);
  assert.equal(status, 1);
  const report = JSON.parse(stdout) as {
    ok: boolean;
    rules: number;
    skippedCount: number;
    diagnostics: Record<string, unknown>[];
  };
  assert.deepEqual([report.ok, report.rules, report.skippedCount], [false, 1, 2]);
  const [first, ...others] = report.diagnostics;
  assert.equal(others.length, 1);
  assert.deepEqual(first, {
    code: 'FR1101',
    severity: 'error',
    file: broken,
    line: 3,
    column: 17,
    length: 13,
    message: 'unknown name "open.file.nam"',
    advice: 'did you mean open.file.name?',
    rule: 'unknown_name',
  });
});

test('--json of good policies: no diagnostics', async () => {
  const { status, stdout } = await runFimbul(['rules', 'check', '--json', good]);
  assert.equal(status, 0);
  const { ok, diagnostics } = JSON.parse(stdout) as { ok: boolean; diagnostics: unknown[] };
  assert.deepEqual({ ok, diagnostics }, { ok: true, diagnostics: [] });
});

test('a directory stands for its *.policy files, default.policy first', async () => {
  mkdirSync(workspace.path('policies'));
  const rule = (name: string): string =>
    `rules:\n  - id: ${name}\n    expression: open.file.pat == "/x"\n`;
  for (const name of ['b', 'default', 'a']) {
    workspace.writeFile(`policies/${name}.policy`, rule(name));
  }
  workspace.writeFile('policies/notes.txt', 'not a policy');
  const { stdout } = await runFimbul(['rules', 'check', workspace.path('policies')]);
  const files = [...stdout.matchAll(/\/(\w+)\.policy:3:/g)].map(([, name]) => name);
  assert.deepEqual(files, ['default', 'a', 'b']);
});

test('the policies that come with Fimbul pass, strictly', async () => {
  const policies = fileURLToPath(new URL('../../policies', import.meta.url));
  const { status, stdout } = await runFimbul(['rules', 'check', '--strict', policies]);
  assert.equal(status, 0, stdout);
});

test('what a policy says does not reach the terminal as a command', async () => {
  const value = 'a\u009b31mb\u202ec\u2028d';
  const hostile = `rules:\n  - id: r\n    expression: 'open.file.path == "${value}" && nothing'\n`;
  const path = workspace.writeFile('hostile.policy', hostile);
  const { status, stdout } = await runFimbul(['rules', 'check', path]);
  assert.equal(status, 1);
  assert.match(stdout, /unknown name "nothing"/);
  for (const line of stdout.split('\n')) assert.doesNotMatch(line, /\p{Cc}/u);
});
