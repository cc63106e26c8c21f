// SPDX-License-Identifier: Apache-2.0
// Each way in which somebody else could change what a file says, and what is nobody else's.

import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { findForeignAccess } from './foreign-access.ts';

let root = '';
let folder = '';
let file = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'fimbul-access-')));
  folder = join(root, 'folder');
  mkdirSync(folder, { mode: 0o755 });
  file = join(folder, 'fimbul.yaml');
  writeFileSync(file, '', { mode: 0o644 });
  chmodSync(file, 0o644);
  chmodSync(folder, 0o755);
});

afterEach(() => rmSync(root, { recursive: true }));

const find = (path: string): string | null =>
  findForeignAccess(path, statSync(path, { bigint: true }));

describe('nobody else', () => {
  it('may change a file of root, or of who runs this', () => {
    assert.equal(find(file), null);
    assert.equal(find(relative(process.cwd(), file)), null);
    assert.equal(find('/etc/passwd'), null);
  });

  it('replaces what is not theirs in a directory with the sticky bit', () => {
    chmodSync(folder, 0o1777);
    assert.equal(find(file), null);
  });

  it('changes where a link of one of these leads', () => {
    mkdirSync(join(root, 'links'), { mode: 0o755 });
    symlinkSync('../folder/./fimbul.yaml', join(root, 'links', 'relative'));
    symlinkSync(folder, join(root, 'links', 'absolute'));
    assert.equal(find(join(root, 'links', 'relative')), null);
    assert.equal(find(`${root}/links/absolute/../folder/fimbul.yaml`), null);
  });
});

describe('others', () => {
  it('may write the file', () => {
    for (const mode of [0o666, 0o664, 0o646, 0o602]) {
      chmodSync(file, mode);
      assert.equal(find(file), `others may write ${file} (mode 0${mode.toString(8)})`);
    }
  });

  it('may replace it, or what is above it', () => {
    chmodSync(folder, 0o775);
    assert.equal(find(file), `others may write ${folder} (mode 0775)`);
    chmodSync(folder, 0o755);
    chmodSync(root, 0o777);
    assert.equal(find(file), `others may write ${root} (mode 0777)`);
  });

  it('may replace a link on the way, wherever that leads', () => {
    const open = join(root, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    symlinkSync(file, join(open, 'link'));
    assert.equal(find(join(open, 'link')), `others may write ${open} (mode 0777)`);
    symlinkSync(join(open, 'link'), join(folder, 'link'));
    assert.equal(find(join(folder, 'link')), `others may write ${open} (mode 0777)`);
    symlinkSync(folder, join(open, 'folder'));
    const through = join(open, 'folder', 'fimbul.yaml');
    assert.equal(find(through), `others may write ${open} (mode 0777)`);
  });

  it('are who owns any of them', () => {
    chownSync(file, 4321, 0);
    assert.equal(find(file), `${file} belongs to another user (4321)`);
    chownSync(file, 0, 0);
    chownSync(folder, 4321, 0);
    assert.equal(find(file), `${folder} belongs to another user (4321)`);
    // In a directory that is everybody's, a link is what its owner makes of it.
    chownSync(folder, 0, 0);
    chmodSync(root, 0o1777);
    const link = join(root, 'link');
    symlinkSync(file, link);
    assert.equal(find(link), null);
    lchownSync(link, 4321, 4321);
    assert.equal(find(link), `${link} belongs to another user (4321)`);
  });
});

describe('what cannot be told', () => {
  it('is no trust: another file by now, nothing, or a circle', () => {
    const other = statSync(folder, { bigint: true });
    assert.equal(findForeignAccess(file, other), `${file} was replaced while it was read`);
    const gone = findForeignAccess(join(folder, 'gone'), other);
    assert.equal(gone, 'it cannot be told who may write it: there is no such file or directory');
    symlinkSync('circle', join(folder, 'circle'));
    const circle = findForeignAccess(join(folder, 'circle'), other);
    assert.equal(circle, 'symbolic links lead in a circle');
  });
});
