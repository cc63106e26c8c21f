// SPDX-License-Identifier: Apache-2.0
// bin/fimbul in a checkout with a space in its path, called from elsewhere through links.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { rootDirectory } from './paths.ts';

function makeCheckout(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul launcher-'));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const name of ['bin', 'build']) mkdirSync(join(directory, name));
  copyFileSync(join(rootDirectory, 'bin', 'fimbul'), join(directory, 'bin', 'fimbul'));
  const main = join(directory, 'packages', 'cli', 'src', 'main.ts');
  mkdirSync(join(main, '..'), { recursive: true });
  writeFileSync(main, 'console.log(JSON.stringify(process.argv.slice(1)));');
  return directory;
}

test('bin/fimbul runs the command through links, from any directory', (context) => {
  const directory = makeCheckout(context);
  symlinkSync(process.execPath, join(directory, 'build', 'node'));
  writeFileSync(join(directory, 'build', 'ready'), '');
  symlinkSync('bin/fimbul', join(directory, 'relative'));
  symlinkSync(join(directory, 'relative'), join(directory, 'absolute'));
  const result = spawnSync(join(directory, 'absolute'), ['rules', 'a b'], {
    cwd: '/',
    encoding: 'utf8',
  });
  assert.equal(result.stderr, '');
  const main = join(directory, 'packages', 'cli', 'src', 'main.ts');
  assert.deepEqual(JSON.parse(result.stdout), [main, 'rules', 'a b']);
});

test('bin/fimbul says so when set-up has not been run', (context) => {
  const directory = makeCheckout(context);
  const result = spawnSync(join(directory, 'bin', 'fimbul'), [], { encoding: 'utf8' });
  assert.equal(result.status, 1);
  assert.equal(result.stdout, '');
  assert.match(
    result.stderr,
    /^fimbul: .* is not set up; run 'npm run setup' there \(as root\)\n$/,
  );
});
