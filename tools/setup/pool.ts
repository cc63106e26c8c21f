// SPDX-License-Identifier: Apache-2.0
// Runs jobs side by side, as many as there are processors, and lets all of them finish before it
// reports failures, so that one broken file does not hide another.

import { availableParallelism } from 'node:os';
import { SetupError } from './command.ts';

/** Runs `job` for every item; throws one `SetupError` with all that failed. */
export async function runPool<T>(
  items: readonly T[],
  job: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await job(item);
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        failures.push(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failures.length > 0) throw new SetupError(failures.join('\n\n'));
}
