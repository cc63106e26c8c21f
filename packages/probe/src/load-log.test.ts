// SPDX-License-Identifier: Apache-2.0
// The one line of a load log that matters, for logs as libbpf 1.5 writes them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLoadLog } from './load-log.ts';

const verifierRefusal = `libbpf: prog 'fexit_unlink': BPF program load failed: Permission denied
libbpf: prog 'fexit_unlink': -- BEGIN PROG LOAD LOG --
0: R1=ctx() R10=fp0
0: (79) r0 = *(u64 *)(r1 +800)
invalid bpf_context access off=800 size=8
processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
-- END PROG LOAD LOG --
libbpf: prog 'fexit_unlink': failed to load: -13
libbpf: failed to load object 'fimbul'
`;

const missingTarget = `libbpf: prog 'fexit_gone': failed to find kernel BTF type ID of 'gone': -3
libbpf: prog 'fexit_gone': failed to prepare load attributes: -3
libbpf: prog 'fexit_gone': failed to load: -3
libbpf: failed to load object 'fimbul'
`;

test('parseLoadLog takes the last meaningful line of the verifier', () => {
  const parsed = parseLoadLog(verifierRefusal);
  assert.equal(parsed.program, 'fexit_unlink');
  assert.equal(parsed.summary, 'invalid bpf_context access off=800 size=8');
  assert.equal(parsed.omittedLineCount, 3);
  assert.ok(parsed.log.startsWith('0: R1=ctx()'));
});

test('parseLoadLog takes what libbpf said when the verifier was not reached', () => {
  const parsed = parseLoadLog(missingTarget);
  assert.equal(parsed.program, 'fexit_gone');
  assert.equal(
    parsed.summary,
    "prog 'fexit_gone': failed to find kernel BTF type ID of 'gone': -3",
  );
});

test('parseLoadLog ignores what libbpf guesses about limits', () => {
  const parsed = parseLoadLog(`libbpf: prog 'fexit_unlink': BPF program load failed: EPERM
libbpf: permission error while running as root; try raising 'ulimit -l'? current value: 8.0 MiB
libbpf: prog 'fexit_unlink': failed to load: -1
`);
  assert.equal(parsed.program, 'fexit_unlink');
  assert.equal(parsed.summary, "prog 'fexit_unlink': BPF program load failed: EPERM");
});

test('parseLoadLog has nothing to say about an empty log', () => {
  const nothing = { program: null, log: '', summary: '', omittedLineCount: 0 };
  assert.deepEqual(parseLoadLog(''), nothing);
});
