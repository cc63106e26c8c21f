// SPDX-License-Identifier: Apache-2.0
// A file is replaced whole or stays as it was; its mode, its owner and links to it stay.

import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Failure } from '@fimbul/config';
import { readTextFile, replaceTextFile } from './replace-file.ts';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-replace-'));
  path = join(directory, 'a.policy');
  writeFileSync(path, 'before');
});

afterEach(() => rmSync(directory, { recursive: true }));

function throwsFailure(run: () => unknown, message: RegExp): void {
  assert.throws(run, (error) => error instanceof Failure && message.test(error.message));
}

describe('replaceTextFile', () => {
  it('writes the text and leaves nothing else behind', () => {
    const file = readTextFile(path);
    assert.equal(file.text, 'before');
    replaceTextFile(file, 'after ü');
    assert.equal(readFileSync(path, 'utf8'), 'after ü');
    assert.deepEqual(readdirSync(directory), ['a.policy']);
    assert.notEqual(statSync(path, { bigint: true }).ino, file.stats.ino);
  });

  it('keeps mode and owner', () => {
    // Only root can give files away; others keep their own.
    const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const owner = own.uid === 0 ? { uid: 1234, gid: 4321 } : own;
    chownSync(path, owner.uid, owner.gid);
    chmodSync(path, 0o4642);
    replaceTextFile(readTextFile(path), 'after');
    const { uid, gid, mode } = statSync(path);
    assert.deepEqual({ uid, gid, mode: mode & 0o7777 }, { ...owner, mode: 0o4642 });
  });

  it('follows a symbolic link and keeps it', () => {
    mkdirSync(join(directory, 'links'));
    const link = join(directory, 'links', 'b.policy');
    symlinkSync('../a.policy', link);
    replaceTextFile(readTextFile(link), 'after');
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(readFileSync(path, 'utf8'), 'after');
    assert.deepEqual(readdirSync(join(directory, 'links')), ['b.policy']);
  });

  it('leaves a file alone that somebody changed meanwhile', () => {
    const file = readTextFile(path);
    writeFileSync(path, 'before');
    utimesSync(path, 1, 1);
    throwsFailure(() => replaceTextFile(file, 'after'), /somebody changed it meanwhile/);
    assert.equal(readFileSync(path, 'utf8'), 'before');
    assert.deepEqual(readdirSync(directory), ['a.policy']);
  });

  it('says when the file is gone', () => {
    const file = readTextFile(path);
    rmSync(path);
    throwsFailure(() => replaceTextFile(file, 'after'), /there is no such file/);
    assert.deepEqual(readdirSync(directory), []);
  });
});

describe('readTextFile', () => {
  it('refuses what is no file, and what is no text', () => {
    throwsFailure(() => readTextFile(directory), /it is not a file/);
    throwsFailure(() => readTextFile(join(directory, 'none')), /no such file/);
    writeFileSync(path, Uint8Array.of(0x61, 0xff));
    throwsFailure(() => readTextFile(path), /it is not UTF-8/);
    writeFileSync(path, new Uint8Array(16 * 1024 * 1024 + 1));
    throwsFailure(() => readTextFile(path), /at most 16777216 are read/);
  });

  it('keeps a byte order mark', () => {
    writeFileSync(path, Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
    assert.equal(readTextFile(path).text, '\ufeffa');
  });
});
