// SPDX-License-Identifier: Apache-2.0
// The source of programs that do nothing.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { writeEmptySource } from './empty-programs.ts';

it('has a program of each name in its section, and a licence that kernels take', () => {
  const source = writeEmptySource([
    { name: 'sys_exit', section: 'tp_btf/sys_exit' },
    { name: 'on_fork', section: 'tp_btf/sched_process_fork' },
  ]);
  assert.match(source, /section\("license"\), used\)\) char licence\[\] = "GPL"/);
  assert.match(source, /section\("tp_btf\/sys_exit"\), used\)\) int sys_exit\(void \*ctx\)/);
  assert.match(source, /section\("tp_btf\/sched_process_fork"\), used\)\) int on_fork\(/);
});
