// SPDX-License-Identifier: Apache-2.0
// Text that a POSIX shell reads back as one word, whatever is in it.

export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
