// SPDX-License-Identifier: Apache-2.0
// The command as a user has it: bin/fimbul of this checkout.

import { fileURLToPath } from 'node:url';
import { type ChildOptions, type Ended, run } from './child.ts';

export const fimbulPath = fileURLToPath(new URL('../../../bin/fimbul', import.meta.url));

/** Runs `fimbul` to its end. */
export function runFimbul(args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  return run(fimbulPath, args, options);
}
