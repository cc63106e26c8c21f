// SPDX-License-Identifier: Apache-2.0
// How each of the agent's programs begins: what cannot be done is told in words, and only a bug is
// told as one.

import { Failure, formatBug, formatFailure, makeEnvironmentPlain } from '@fimbul/config';

/** Runs the body of a program; a Failure becomes its message and exit status. */
export function runMain(body: () => void): void {
  makeEnvironmentPlain();
  // A reader of our messages that has gone away is no reason to stop.
  process.stderr.on('error', () => undefined);
  try {
    body();
  } catch (error) {
    if (!(error instanceof Failure)) {
      process.stderr.write(formatBug(error));
      process.exit(1);
    }
    process.stderr.write(formatFailure(error));
    process.exitCode = error.exitCode;
  }
}
