// SPDX-License-Identifier: Apache-2.0
// Policies on their way from the thread that compiled them: what arrives is what was sent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicies } from '@fimbul/rules';
import type { AgentOptions } from '../options.ts';
import { leaveOutExplanations } from './explanations.ts';
import {
  packCompileReply,
  packStartReply,
  unpackCompileReply,
  unpackStartReply,
} from './packed-policies.ts';
import type { CompileReply } from './reload-reply.ts';
import type { StartReply } from './start-reply.ts';

const text = [
  'rules:',
  '  - id: named',
  '    expression: open.file.name in ["a", "b"] && open.flags & O_CREAT > 0',
  '  - id: below',
  '    expression: unlink.file.path =~ "/etc/**" && process.file.path != "/usr/bin/dpkg"',
  '',
].join('\n');
const policies = leaveOutExplanations(compilePolicies([{ path: 'a.policy', text }]));
const loaded = { policies, report: 'told', files: [] };
const options = { policies: ['a.policy'] } as unknown as AgentOptions;

test('a compiled reply arrives as it was sent, through a message between threads', () => {
  const reply: CompileReply = { kind: 'compiled', ...loaded };
  const arrived = unpackCompileReply(structuredClone(packCompileReply(reply)));
  assert.ok(arrived.kind === 'compiled');
  assert.deepEqual(arrived.policies.filter, policies.filter);
  assert.deepEqual({ ...arrived, policies: { ...arrived.policies } }, reply);
});

test('so does what an agent starts with, whose filter can be asked for again', () => {
  const reply: StartReply = { kind: 'prepared', options, loaded };
  const arrived = unpackStartReply(structuredClone(packStartReply(reply)));
  assert.ok(arrived.kind === 'prepared');
  const { filter } = arrived.loaded.policies;
  assert.deepEqual(filter, policies.filter);
  assert.deepEqual(arrived.loaded.policies.filter, filter);
  assert.deepEqual(arrived.loaded.policies.rules, policies.rules);
});

test('what could not be compiled is told as it is', () => {
  const refused: CompileReply = { kind: 'refused', what: 'w', advice: 'a', report: 'r' };
  assert.deepEqual(unpackCompileReply(packCompileReply(refused)), refused);
  const failed = { kind: 'failed', report: 'r', what: 'w', advice: 'a', exitCode: 1 } as const;
  assert.deepEqual(unpackStartReply(packStartReply(failed)), failed);
});
