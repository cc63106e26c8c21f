// SPDX-License-Identifier: Apache-2.0
// Bytes that are no text are refused, and errors of the file system are told in words.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Failure } from './failure.ts';
import { decodeText, explainFileError } from './file-text.ts';

describe('decodeText', () => {
  it('keeps a byte order mark', () => {
    assert.equal(decodeText('x', Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
  });

  it('refuses what is not UTF-8', () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      assert.throws(
        () => decodeText('policy x', Uint8Array.from(bytes)),
        (error) => error instanceof Failure && error.message === 'read policy x: it is not UTF-8',
      );
    }
  });
});

describe('explainFileError', () => {
  it('has words for what people meet', () => {
    const explainReading = (path: string): string => {
      try {
        readFileSync(path);
      } catch (error) {
        return explainFileError(error);
      }
      assert.fail('it was read');
    };
    assert.equal(explainReading('/nowhere'), 'there is no such file or directory');
    assert.equal(explainReading('/'), 'it is a directory');
  });

  it('keeps the words of others, without the code before them', () => {
    assert.equal(explainFileError(new Error('EIO: i/o error, read')), 'i/o error, read');
    assert.equal(explainFileError('odd'), 'odd');
  });
});
