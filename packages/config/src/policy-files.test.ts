// SPDX-License-Identifier: Apache-2.0
// Which files are policies, in which order, and what is said of those that cannot be read.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Failure } from './failure.ts';
import { collectPolicyFiles, readPolicyFiles } from './policy-files.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-policies-'));
  // Another user may look into it, and is refused what is below.
  chmodSync(directory, 0o755);
});

afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, text = name): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function refuse(...paths: readonly string[]): Failure {
  try {
    readPolicyFiles(paths);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error;
  }
  assert.fail('the policies were read');
}

/** Root may read everything, so it steps down for the time of the test. */
function asAnybody<Value>(work: () => Value): Value {
  const user = process.geteuid?.();
  if (user !== 0) return work();
  process.seteuid?.(65534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a directory', () => {
  it('stands for its policies: the default one first, then by name', () => {
    for (const name of ['b.policy', 'A.policy', 'default.policy', 'a.policy', '10.policy']) {
      write(name);
    }
    assert.deepEqual(
      readPolicyFiles([directory]).map(({ text }) => text),
      ['default.policy', '10.policy', 'A.policy', 'a.policy', 'b.policy'],
    );
  });

  it('leaves out what is named otherwise', () => {
    for (const name of ['a.policy', 'a.policy.bak', 'policy', 'b.yaml', 'README']) write(name);
    mkdirSync(join(directory, 'deeper'));
    write('deeper/c.policy');
    assert.deepEqual(
      readPolicyFiles([directory]).map(({ path }) => path),
      [join(directory, 'a.policy')],
    );
  });

  it('without a policy is refused', () => {
    const failure = refuse(directory);
    assert.equal(failure.message, `read policy ${directory}: the directory has no *.policy file`);
    assert.match(failure.advice, /put a policy there/);
  });

  it('that may not be read is refused', () => {
    write('a.policy');
    chmodSync(directory, 0);
    const failure = asAnybody(() => refuse(directory));
    assert.equal(failure.message, `read policy ${directory}: permission denied`);
    assert.match(failure.advice, /^check the path/);
  });

  it('costs no other policy when one in it cannot be read', () => {
    mkdirSync(join(directory, 'a.policy'));
    symlinkSync('/nowhere', join(directory, 'b.policy'));
    symlinkSync('c.policy', join(directory, 'c.policy'));
    write('d.policy');
    truncateSync(write('e.policy'), 16 * 2 ** 20 + 1);
    writeFileSync(write('f.policy'), Uint8Array.of(0xff));
    chmodSync(write('g.policy'), 0);
    execFileSync('mkfifo', [join(directory, 'h.policy')]);
    const files = asAnybody(() => readPolicyFiles([directory]));
    assert.deepEqual(
      files.map(({ path, text, unreadable }) => [
        basename(path),
        unreadable === undefined ? text : unreadable.reason,
      ]),
      [
        ['a.policy', 'it is not a file'],
        ['b.policy', 'it is a symbolic link to nothing'],
        ['c.policy', 'symbolic links lead in a circle'],
        ['d.policy', 'd.policy'],
        ['e.policy', '16777217 bytes, at most 16777216 are read'],
        ['f.policy', 'it is not UTF-8'],
        ['g.policy', 'permission denied'],
        ['h.policy', 'it is not a file'],
      ],
    );
    for (const { text, unreadable } of files) {
      assert.equal(unreadable?.isNamed ?? false, false);
      if (unreadable !== undefined) assert.equal(text, '');
    }
    const [first, second] = files;
    for (const file of [first, second]) {
      assert.equal(file?.unreadable?.advice, 'mend it, or remove it from the directory');
    }
  });
});

describe('a file', () => {
  it('is a policy whatever its name, and comes in the order given', () => {
    const [second, first] = [write('z'), write('a.yaml')];
    write('dir.policy');
    assert.deepEqual(
      readPolicyFiles([first, second, first]).map(({ path, text }) => `${path} ${text}`),
      [`${first} a.yaml`, `${second} z`, `${first} a.yaml`],
    );
  });

  it('may be a link to one', () => {
    const path = join(directory, 'link.policy');
    symlinkSync(write('target', 'text'), path);
    assert.deepEqual(readPolicyFiles([path]), [{ path, text: 'text' }]);
  });

  it('that does not exist is refused, whatever else is there', () => {
    const failure = refuse(write('a.policy'), '/nowhere/x.policy');
    const what = 'read policy /nowhere/x.policy: there is no such file or directory';
    assert.equal(failure.message, what);
    assert.match(failure.advice, /^check the path/);
  });

  it('may have 16 MiB and not a byte more', () => {
    const path = write('large.policy');
    truncateSync(path, 16 * 2 ** 20);
    assert.equal(readPolicyFiles([path])[0]?.text.length, 16 * 2 ** 20);
    truncateSync(path, 16 * 2 ** 20 + 1);
    assert.match(refuse(path).message, /: 16777217 bytes, at most 16777216 are read$/);
  });

  it('that is not UTF-8 is refused: its rules would ask for other bytes', () => {
    const path = write('latin1.policy');
    writeFileSync(path, Buffer.from('rules: # caf\xe9\n', 'latin1'));
    assert.equal(refuse(path).message, `read policy ${path}: it is not UTF-8`);
    writeFileSync(path, 'rules: # café\n');
    assert.equal(readPolicyFiles([path])[0]?.text, 'rules: # café\n');
  });

  it('that is none is refused without reading it', () => {
    const pipe = join(directory, 'pipe.policy');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero']) {
      assert.equal(refuse(path).message, `read policy ${path}: it is not a file`);
    }
  });

  it('of somebody else is refused by its name', () => {
    const path = write('secret.policy');
    chmodSync(path, 0);
    const what = `read policy ${path}: permission denied`;
    assert.equal(asAnybody(() => refuse(path)).message, what);
  });

  it('that a directory has as well is refused where it is named', () => {
    const path = write('a.policy');
    chmodSync(path, 0);
    const failure = asAnybody(() => refuse(directory, path));
    assert.equal(failure.message, `read policy ${path}: permission denied`);
  });
});

describe('collectPolicyFiles', () => {
  it('refuses nothing, and says which path was named', () => {
    const nowhere = '/nowhere/x.policy';
    mkdirSync(join(directory, 'empty'));
    const files = collectPolicyFiles([nowhere, join(directory, 'empty'), write('a.policy')]);
    const advice = 'check the path on the command line, or in the configuration';
    assert.deepEqual(files, [
      {
        path: nowhere,
        text: '',
        unreadable: { reason: 'there is no such file or directory', advice, isNamed: true },
      },
      {
        path: join(directory, 'empty'),
        text: '',
        unreadable: {
          reason: 'the directory has no *.policy file',
          advice: 'put a policy there, or name a policy file',
          isNamed: true,
        },
      },
      { path: join(directory, 'a.policy'), text: 'a.policy' },
    ]);
  });
});
