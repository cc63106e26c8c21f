// SPDX-License-Identifier: Apache-2.0
// What is no text is refused in words, whatever a path leads to, and reading always ends.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Failure } from './failure.ts';
import {
  explainFileError,
  type FileText,
  readFileText,
  readStreamText,
  requireText,
  textBytesMax,
} from './file-text.ts';

let directory = '';

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-text-'));
});

after(() => rmSync(directory, { recursive: true }));

function write(bytes: string | Uint8Array): string {
  const path = join(directory, 'file');
  writeFileSync(path, bytes);
  return path;
}

function read(path: string): FileText {
  return readFileText(path, { forPath: 'the path', forKind: 'the kind' });
}

function explain({ unreadable }: FileText): string {
  assert.ok(unreadable);
  return `${unreadable.reason}: ${unreadable.advice}`;
}

describe('a text', () => {
  it('keeps a byte order mark', () => {
    const path = write(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
    for (const file of [read(path), readStreamText(path, '')]) {
      assert.equal(requireText('x', file).text, '\ufeffa');
    }
  });

  it('that is not UTF-8 is none', () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      const path = write(Uint8Array.from(bytes));
      for (const file of [read(path), readStreamText(path, '')]) {
        assert.equal(explain(file), 'it is not UTF-8: save it as UTF-8');
      }
    }
  });

  it('has 16 MiB at most', () => {
    const path = write('');
    truncateSync(path, textBytesMax);
    assert.equal(requireText('x', read(path)).text.length, textBytesMax);
    truncateSync(path, textBytesMax + 1);
    const tooLong = '16777217 bytes, at most 16777216 are read: check that it is the file you mean';
    assert.equal(explain(read(path)), tooLong);
    assert.equal(explain(readStreamText(path, '')), tooLong);
  });

  it('is whole, where the size of its file does not say how long it is', () => {
    const maps = requireText('x', read('/proc/self/maps')).text;
    assert.ok(maps.length > 0 && maps.endsWith('\n'));
  });
});

describe('what is no file', () => {
  it('is refused without opening it, where a file is meant', () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', directory]) {
      assert.equal(explain(read(path)), 'it is not a file: the kind');
    }
  });

  it('is read where a stream will do, and not for ever', () => {
    assert.equal(requireText('x', readStreamText('/dev/null', '')).text, '');
    const what = 'more than 16777216 bytes, at most 16777216 are read';
    assert.ok(explain(readStreamText('/dev/zero', '')).startsWith(what));
    assert.equal(explain(readStreamText('/', 'name a file')), 'it is a directory: name a file');
  });
});

it('standard input is read to its end, and refused where there is none', () => {
  const module = new URL('./file-text.ts', import.meta.url).href;
  const script = `
    import { readStandardInput } from '${module}';
    const { text, unreadable } = readStandardInput();
    console.log(text?.length ?? unreadable.reason);`;
  const ask = (redirect: string): string => {
    const command = `"$0" --input-type=module -e "$1" ${redirect}`;
    return spawnSync('sh', ['-c', command, process.execPath, script], { encoding: 'utf8' }).stdout;
  };
  assert.equal(ask('< /dev/null'), '0\n');
  assert.equal(ask('< /'), 'it is a directory\n');
  assert.match(ask('< /dev/zero'), /^more than 16777216 bytes/);
  const slow = spawnSync(
    'sh',
    [
      '-c',
      `(echo a; sleep 0.2; echo b) | "$0" --input-type=module -e "$1"`,
      process.execPath,
      script,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(slow.stdout, '4\n');
});

it('standard input is waited for, even where reading it does not wait', async () => {
  const script = `
    import { readStandardInput } from '${new URL('./file-text.ts', import.meta.url).href}';
    // A look at it makes a pipe one that does not wait.
    process.stdin.unref();
    console.log('ready');
    console.log(readStandardInput().text?.length);`;
  const child = spawn(
    'sh',
    ['-c', 'cat | "$0" --input-type=module -e "$1"', process.execPath, script],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
    if (output === 'ready\n') setTimeout(() => child.stdin.end('abc'), 50);
  });
  await once(child, 'close');
  assert.equal(output, 'ready\n3\n');
});

describe('an error of the file system', () => {
  it('is told in words, at the path that was named', () => {
    const cases: readonly (readonly [path: string, reason: string])[] = [
      ['/nowhere/file', 'there is no such file or directory'],
      [join(write(''), 'below'), 'a part of the path is not a directory'],
      [join(directory, 'dangling'), 'it is a symbolic link to nothing'],
      [join(directory, 'circle'), 'symbolic links lead in a circle'],
      [join(directory, 'a'.repeat(256)), 'the name is too long'],
      [join(directory, 'a\0b'), 'no file can have this name'],
    ];
    symlinkSync('gone', join(directory, 'dangling'));
    symlinkSync('circle', join(directory, 'circle'));
    for (const [path, reason] of cases) {
      assert.equal(explain(read(path)), `${reason}: the path`);
      assert.throws(
        () => requireText('policy x', read(path)),
        (error) =>
          error instanceof Failure &&
          error.message === `read policy x: ${reason}` &&
          error.advice === 'the path',
      );
    }
  });

  it('that has no words of ours keeps those of the system alone', () => {
    const words = 'EIO: i/o error, read';
    assert.equal(explainFileError(new Error(words)), 'i/o error');
    assert.equal(explainFileError(new Error("EUCLEAN: a, b, open '/x, y'")), 'a, b');
    assert.equal(explainFileError(new Error('a bug')), 'a bug');
    assert.equal(explainFileError('odd'), 'odd');
  });
});
