// SPDX-License-Identifier: Apache-2.0
// `fimbul rules test` as a user runs it: on the example of the guide, on tests that fail, and on
// the tests of the policies that come with Fimbul.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runFimbul } from './support/fimbul.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();

after(() => workspace[Symbol.dispose]());

/** The two files that the guide begins with: a policy and its tests. */
function writeGuideExample(): string {
  const guide = fileURLToPath(new URL('../../docs/guide/rule-tests.md', import.meta.url));
  const blocks = [...readFileSync(guide, 'utf8').matchAll(/^```yaml\n(.*?)^```/gms)];
  const [policy, tests] = blocks.map(([, text]) => text ?? '');
  assert.ok(policy && tests);
  for (const name of ['policies', 'tests']) mkdirSync(workspace.path(name));
  workspace.writeFile('policies/credentials.policy', policy);
  return workspace.writeFile('tests/credentials.yaml', tests);
}

const example = writeGuideExample();

test('the example of the guide passes', async () => {
  const { status, stdout, stderr } = await runFimbul(['rules', 'test', workspace.path('tests')]);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, stdout);
  assert.match(stdout, /^\d+ passed, 0 failed\n$/);
});

test('and fails when the policy changes', async () => {
  const policy = readFileSync(workspace.path('policies/credentials.policy'), 'utf8');
  workspace.writeFile('policies/credentials.policy', policy.replace('/etc/shadow', '/etc/passwd'));
  const { status, stdout } = await runFimbul(['rules', 'test', example]);
  workspace.writeFile('policies/credentials.policy', policy);
  assert.equal(status, 1);
  assert.match(stdout, /^\S+credentials\.yaml:\d+: failed: /m);
  assert.match(stdout, /^ {4}− shadow_changed$/m);
  assert.match(stdout, /\n\d+ passed, [1-9]\d* failed\n$/);
});

test('the policies that come with Fimbul pass their tests', async () => {
  const tests = fileURLToPath(new URL('../../policies/tests', import.meta.url));
  const { status, stdout } = await runFimbul(['rules', 'test', tests]);
  assert.equal(status, 0, stdout);
});

test('nothing to test: 1, and what is missing', async () => {
  mkdirSync(workspace.path('empty'));
  const { status, stdout, stderr } = await runFimbul(['rules', 'test', workspace.path('empty')]);
  assert.deepEqual({ status, stderr }, { status: 1, stderr: '' });
  assert.match(stdout, /^\S+empty:1:1: error FR4033: .* the directory has no rule test/);
  assert.match(stdout, /\n0 passed, 0 failed\n$/);
});

test('wrong use: 2', async () => {
  assert.equal((await runFimbul(['rules', 'test'])).status, 2);
  assert.equal((await runFimbul(['rules', 'test', '--loud', example])).status, 2);
});
