// SPDX-License-Identifier: Apache-2.0
// A path on the command line. An empty one is a variable of a shell that is not set, and would
// silently stand for the current directory.

import { InvalidArgumentError } from 'commander';

/** Takes a path. */
export function parsePath(value: string): string {
  if (value === '') throw new InvalidArgumentError('A path must not be empty.');
  return value;
}

/** Gathers the paths of an option or argument that may be given several times. */
export function collectPaths(value: string, values: readonly string[] = []): string[] {
  return [...values, parsePath(value)];
}
