// SPDX-License-Identifier: Apache-2.0
// The directory that a program was started in. An agent leaves it, as daemons do: it would keep a
// filesystem busy, and where it goes away, Node.js starts no thread any more (24.21).

/** Returns the directory; null where it does not exist any more. */
export function findWorkingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

/** Goes to the root; returns the directory that was left, or null where it was gone already. */
export function leaveWorkingDirectory(): string | null {
  const directory = findWorkingDirectory();
  process.chdir('/');
  return directory;
}
