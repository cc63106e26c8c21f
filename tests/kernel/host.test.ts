// SPDX-License-Identifier: Apache-2.0
// Every kernel case on the kernel of this host.

import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../tools/setup/command.ts';
import { rootDirectory } from '../../tools/setup/paths.ts';
import { reportCases } from './case-summary.ts';

const timeoutMs = 5 * 60_000;

test('kernel cases on this host', async (context) => {
  const { output } = await runCommand({
    program: process.execPath,
    args: [join(rootDirectory, 'tests', 'kernel', 'run-cases.ts')],
    directory: rootDirectory,
    timeoutMs,
  });
  await reportCases(context, output);
});
