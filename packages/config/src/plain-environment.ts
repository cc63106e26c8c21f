// SPDX-License-Identifier: Apache-2.0
// Node.js asks the C library at every look at `process.env`, and the library that parses YAML looks
// at every token: a sixth of the time that 5,000 rules take to load. As a plain object it is free.

/** Replaces `process.env` by a copy; changes of it are still what child processes get. */
export function makeEnvironmentPlain(): void {
  process.env = { ...process.env };
}
