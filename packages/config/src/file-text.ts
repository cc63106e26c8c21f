// SPDX-License-Identifier: Apache-2.0
// The bytes of a file as text, and what the file system answers in words for people: whoever reads
// or writes a file that somebody named says the same of the same trouble.

import { Failure } from './failure.ts';

/**
 * Decodes UTF-8; a byte order mark stays, as its removal is a change. Bytes that are no text would
 * become others, and a rule on them would never match.
 * @throws Failure that names what was read, such as `policy a.policy`.
 */
export function decodeText(what: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failure(`read ${what}: it is not UTF-8`, 'save it as UTF-8');
  }
}

/** Says why the file system refused something. */
export function explainFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or directory';
    case 'EACCES':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory';
    case 'EPERM':
      return 'the operation is not permitted';
    case 'EROFS':
      return 'the filesystem is read-only';
    case 'ENOSPC':
      return 'no space is left';
    default:
      return error instanceof Error ? error.message.replace(/^E\w+: /, '') : String(error);
  }
}
