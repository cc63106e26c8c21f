// SPDX-License-Identifier: Apache-2.0
// What a refused load tells the operator to do, by errno and kernel.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviseOnLoad, explainLoad } from './load-refusal.ts';

test('explainLoad names object, program, errno, reason and what to do', () => {
  const log = "libbpf: prog 'a': failed to find kernel BTF type ID of 'b': -3\n";
  const facts = explainLoad('fimbul', 3, log);
  assert.equal(facts.code, 'load_refused');
  assert.equal(facts.program, 'a');
  assert.match(facts.what, /^load BPF object "fimbul", program "a": ESRCH: prog 'a': .*'b': -3$/);
  assert.match(facts.advice, /choose another backend/);
  assert.equal(facts.log, log);
});

test('explainLoad tells missing kernel types from other refusals', () => {
  const facts = explainLoad('fimbul', 2, 'libbpf: Error loading vmlinux BTF: -2\n');
  assert.equal(facts.code, 'kernel_types_unreadable');
  assert.match(facts.advice, /CONFIG_DEBUG_INFO_BTF/);
});

test('adviseOnLoad mentions the locked-memory limit only on kernels that have it', () => {
  for (const errno of [1, 12]) {
    assert.match(adviseOnLoad(errno, '5.10.0-33-amd64'), /RLIMIT_MEMLOCK/);
    assert.doesNotMatch(adviseOnLoad(errno, '5.11.0'), /RLIMIT_MEMLOCK/);
    assert.doesNotMatch(adviseOnLoad(errno, '6.12.1+deb13-amd64'), /RLIMIT_MEMLOCK/);
  }
  assert.doesNotMatch(adviseOnLoad(22, '5.10.0-33-amd64'), /RLIMIT_MEMLOCK/);
});

test('adviseOnLoad says something for every errno', () => {
  for (let errno = 1; errno < 134; errno += 1) assert.notEqual(adviseOnLoad(errno, '6.1.0'), '');
});
