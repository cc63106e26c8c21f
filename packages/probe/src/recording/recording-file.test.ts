// SPDX-License-Identifier: Apache-2.0
// Recordings as files of a real filesystem, and one that is full.

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { ProbeError } from '../probe-error.ts';
import { openRecordingFile, RecordingFile } from './recording-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'fimbul-recording-'));
after(() => rmSync(directory, { recursive: true }));

function create(name: string, force = false): RecordingFile {
  const file = RecordingFile.create(join(directory, name), force);
  assert.ok(file.ok);
  return file.value;
}

function refuse(path: string, force = false): ProbeError {
  const file = RecordingFile.create(path, force);
  assert.ok(!file.ok);
  return file.error;
}

describe('a recording is made', () => {
  it('for its owner alone, whatever the umask is', () => {
    const before = process.umask(0);
    const file = create('private');
    process.umask(before);
    file.write(Uint8Array.of(1, 2));
    file.write(Uint8Array.of(3));
    file.close();
    file.close();
    const path = join(directory, 'private');
    assert.equal(statSync(path).mode & 0o7777, 0o600);
    assert.deepEqual([...readFileSync(path)], [1, 2, 3]);
  });

  it('in place of an old one by force alone, and then as a new file', () => {
    const path = join(directory, 'old');
    writeFileSync(path, 'old', { mode: 0o644 });
    assert.match(refuse(path).what, /old: it exists$/);
    assert.match(refuse(path).advice, /--force/);
    assert.equal(readFileSync(path, 'utf8'), 'old');
    create('old', true).close();
    assert.equal(readFileSync(path, 'utf8'), '');
    assert.equal(statSync(path).mode & 0o7777, 0o600);
  });

  it('at no place that is no file, and through no link', () => {
    assert.match(refuse(directory, true).what, /exists and is no file$/);
    assert.match(refuse('/dev/null', true).what, /exists and is no file$/);
    const target = join(directory, 'target');
    symlinkSync(target, join(directory, 'link'));
    assert.match(refuse(join(directory, 'link'), true).what, /exists and is no file$/);
    assert.ok(!existsSync(target));
  });

  it('nowhere that it cannot be', () => {
    assert.match(refuse(join(directory, 'none/a')).what, /no such file or directory$/);
    writeFileSync(join(directory, 'file'), '');
    assert.match(refuse(join(directory, 'file/a')).what, /is no directory$/);
    assert.match(refuse('/proc/recording').what, /^write recording \/proc\/recording: /);
  });

  it('and goes again when nothing was recorded', () => {
    const file = create('unused');
    file.discard();
    file.discard();
    assert.ok(!existsSync(join(directory, 'unused')));
  });
});

describe('a recording is opened', () => {
  it('and read at any place', () => {
    const path = join(directory, 'read');
    writeFileSync(path, 'abcdef');
    const opened = openRecordingFile(path);
    assert.ok(opened.ok);
    assert.equal(opened.value.read(2, 3).toString(), 'cde');
    assert.equal(opened.value.read(4, 100).toString(), 'ef');
    assert.equal(opened.value.read(100, 4).length, 0);
    opened.value.close();
  });

  it('unless it is no file', () => {
    mkdirSync(join(directory, 'directory'));
    for (const [path, what] of [
      [join(directory, 'absent'), /no such file or directory$/],
      [join(directory, 'directory'), /it is a directory$/],
      ['/dev/zero', /it is no file$/],
    ] as const) {
      const opened = openRecordingFile(path);
      assert.ok(!opened.ok);
      assert.match(opened.error.what, what);
    }
  });
});
