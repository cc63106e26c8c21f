// SPDX-License-Identifier: Apache-2.0
// How each of the agent's programs begins and ends: what cannot be done is told in words, and only
// a bug is told as one. Whatever fails while it runs, it ends in order: what was held back is told,
// and nothing stays attached.

import { Failure, formatBug, formatFailure, makeEnvironmentPlain } from '@fimbul/config/run';
import { StatusStream, type WriteStatus } from './output/status-stream.ts';

/** What goes on after the body has returned. */
export type Running = {
  /** Ends it in order; repeating it changes nothing. */
  stop(): void;
};

/** What a program does; null when it is done. */
export type Body = (writeStatus: WriteStatus) => Running | null | Promise<Running>;

/** Runs the body of a program; a Failure becomes its message and exit status. */
export async function runMain(body: Body): Promise<void> {
  makeEnvironmentPlain();
  // Node says something there too; a reader that has gone away is no reason to stop.
  process.stderr.on('error', () => undefined);
  const status = new StatusStream();
  let running: Running | null = null;
  process.on('exit', () => status.end());
  process.on('uncaughtException', (error) => {
    status.write(formatBug(error));
    try {
      running?.stop();
    } catch {
      // What failed first is what matters, and has been told.
    }
    process.exit(1);
  });
  try {
    running = await body(status.write);
  } catch (error) {
    if (!(error instanceof Failure)) {
      status.write(formatBug(error));
      process.exit(1);
    }
    status.write(formatFailure(error));
    process.exitCode = error.exitCode;
  }
}
