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
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Failure } from './failure.ts';
import { readPolicyFiles } from './policy-files.ts';

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
    assert.equal(failure.message, `read policies: the directory ${directory} has no *.policy file`);
    assert.match(failure.advice, /put a policy there/);
  });

  it('with a folder that is named like a policy is refused', () => {
    mkdirSync(join(directory, 'a.policy'));
    const path = join(directory, 'a.policy');
    assert.equal(refuse(directory).message, `read policy ${path}: it is not a file`);
  });

  it('with a policy that leads nowhere is refused by the name of the policy', () => {
    const path = join(directory, 'gone.policy');
    symlinkSync('/nowhere', path);
    const what = `read policy ${path}: there is no such file or directory`;
    assert.equal(refuse(directory).message, what);
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
    assert.equal(asAnybody(() => refuse(directory)).message, what);
  });
});
