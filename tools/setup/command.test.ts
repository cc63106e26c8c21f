// SPDX-License-Identifier: Apache-2.0
// What a failed step of set-up tells.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { runCommand, SetupError, StepLog } from './command.ts';

test('StepLog.run shows the end of the log, its path and what to do', async (context) => {
  const log = new StepLog('command-test');
  context.after(() => rmSync(log.path));
  const script = 'for i in $(seq 100); do echo "line $i"; done; exit 3';
  await assert.rejects(
    log.run({ title: 'count', program: 'sh', args: ['-c', script] }, 'count less'),
    (error) => {
      assert.ok(error instanceof SetupError);
      assert.match(error.message, /^count: exit status 3\n/);
      assert.match(error.message, /\n {2}line 100\n/);
      assert.doesNotMatch(error.message, /line 1\n/);
      assert.ok(error.message.endsWith(`the whole log: ${log.path}\nwhat to do: count less`));
      return true;
    },
  );
});

test('runCommand answers for a program that does not exist', async () => {
  const result = await runCommand({ program: '/nonexistent/program', args: [] });
  assert.equal(result.status, 127);
  assert.match(result.output, /ENOENT/);
});
