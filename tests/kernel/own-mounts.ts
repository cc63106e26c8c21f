// SPDX-License-Identifier: Apache-2.0
// Runs a program where its mounts are nobody else's and go when it goes.

import { spawnSync } from 'node:child_process';

/** Set in the process that has a mount namespace of its own. */
const insideVariable = 'FIMBUL_KERNEL_CASES_INSIDE';

/** Runs `main` in a mount namespace of its own, for which this program is started once more. */
export async function runWithOwnMounts(
  isOwnMachine: boolean,
  main: () => Promise<void>,
): Promise<void> {
  if (isOwnMachine || process.env[insideVariable] !== undefined) {
    await main();
    return;
  }
  const args = ['--mount', process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, [insideVariable]: '1' };
  const { status, signal } = spawnSync('unshare', args, { stdio: 'inherit', env });
  if (signal !== null) console.error(`the run was ended by ${signal}`);
  process.exitCode = status ?? 1;
}
