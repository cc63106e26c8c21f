// SPDX-License-Identifier: Apache-2.0
// One living process holds a file: another one is refused, and the death of the holder frees it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type FileLock, loadNative } from './native.ts';
import { getAddonPath, loadAddon } from './native-addon.ts';

const native = loadNative();
const directory = mkdtempSync(join(tmpdir(), 'fimbul-lock-'));
const ELOOP = 40;

after(() => rmSync(directory, { recursive: true }));

function take(path: string): FileLock {
  const lock = native.lockFile(path);
  assert.ok(lock !== 'held' && lock.ok);
  return lock.value;
}

test('a file is held once, for its owner alone, and is gone when it is let go', () => {
  const path = join(directory, 'a');
  const lock = take(path);
  assert.equal(statSync(path).mode & 0o7777, 0o600);
  assert.equal(native.lockFile(path), 'held');
  lock.close();
  lock.close();
  assert.equal(existsSync(path), false);
  take(path).close();
});

test('a file that was left behind can be taken', () => {
  const path = join(directory, 'b');
  writeFileSync(path, '');
  take(path).close();
});

test('closing leaves a file alone that is another one by now', () => {
  const path = join(directory, 'c');
  const first = take(path);
  rmSync(path);
  const second = take(path);
  first.close();
  assert.equal(existsSync(path), true);
  assert.equal(native.lockFile(path), 'held');
  second.close();
});

test('what is no path is refused', () => {
  const addon = loadAddon(getAddonPath());
  for (const junk of [undefined, null, 1, {}, [], new Uint8Array(4)]) {
    assert.throws(() => Reflect.apply(addon.lockFile, addon, [junk]), TypeError);
  }
  for (const path of ['', `${directory}/text\0more`]) {
    const lock = native.lockFile(path);
    assert.ok(lock !== 'held' && !lock.ok, path);
  }
  assert.equal(existsSync(`${directory}/text`), false);
});

test('a link is not followed', () => {
  const path = join(directory, 'd');
  symlinkSync(join(directory, 'elsewhere'), path);
  const lock = native.lockFile(path);
  assert.ok(lock !== 'held' && !lock.ok);
  assert.equal(lock.error.code, 'lock_refused');
  assert.equal(lock.error.errno, ELOOP);
  assert.equal(existsSync(join(directory, 'elsewhere')), false);
});

test('a holder that is killed lets go', async () => {
  const path = join(directory, 'e');
  const source = new URL('./native.ts', import.meta.url);
  const script =
    `import { loadNative } from ${JSON.stringify(source.href)};\n` +
    `globalThis.lock = loadNative().lockFile(${JSON.stringify(path)});\n` +
    `console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  assert.equal(native.lockFile(path), 'held');
  child.kill('SIGKILL');
  await once(child, 'exit');
  take(path).close();
});
