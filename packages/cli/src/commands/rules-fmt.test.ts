// SPDX-License-Identifier: Apache-2.0
// `fimbul rules fmt`: which files it writes, what it prints, and the exit status it leaves.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
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
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Failure } from '@fimbul/config';
import { Command } from 'commander';
import { addRulesCommand } from './rules.ts';

const messy = 'rules:\n- {id:   a, expression: \'open.file.name=="a"\'}\n';
const tidy = 'rules:\n  - { id: a, expression: open.file.name == "a" }\n';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-fmt-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  mock.restoreAll();
  process.exitCode = undefined;
});

function write(name: string, text: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function run(...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    mock.method(process[name], 'write', (text: string) => {
      written[name] += text;
      return true;
    });
  }
  const program = new Command().exitOverride();
  addRulesCommand(program);
  try {
    program.parse(['rules', 'fmt', ...args], { from: 'user' });
  } finally {
    mock.restoreAll();
  }
  return { ...written, status: process.exitCode };
}

describe('files', () => {
  it('are written in place, and those that changed are named', () => {
    const [changed, same] = [write('a.policy', messy), write('b.policy', tidy)];
    const before = statSync(same, { bigint: true });
    assert.deepEqual(run(changed, same), { stdout: `${changed}\n`, stderr: '', status: 0 });
    assert.equal(read(changed), tidy);
    assert.equal(statSync(same, { bigint: true }).mtimeNs, before.mtimeNs);
    assert.deepEqual(run(directory), { stdout: '', stderr: '', status: 0 });
  });

  it('of a directory are the policies and rule tests in it and below', () => {
    const policy = write('a.policy', messy);
    const tests = write('t.yaml', `${messy}cases:   []\n`);
    const other = write('compose.yaml', messy);
    const text = write('notes.txt', messy);
    mkdirSync(join(directory, 'deeper'));
    const deeper = write('deeper/b.policy', messy);
    assert.equal(run(directory).stdout, `${policy}\n${deeper}\n${tests}\n`);
    assert.equal(read(tests), `${tidy}cases: []\n`);
    for (const path of [other, text]) assert.equal(read(path), messy);
  });

  it('that cannot be read keep all others from being written', () => {
    const policy = write('a.policy', messy);
    const broken = write('b.policy', Uint8Array.of(0xff));
    assert.throws(() => run(policy, broken), Failure);
    assert.throws(() => run(policy, join(directory, 'none.policy')), Failure);
    assert.throws(() => run(policy, write('c.json', '{}')), Failure);
    rmSync(broken);
    const dangling = join(directory, 'dangling.yaml');
    symlinkSync('nowhere', dangling);
    assert.throws(
      () => run(directory),
      (error) =>
        error instanceof Failure &&
        error.message === `read ${dangling}: it is a symbolic link to nothing`,
    );
    assert.equal(read(policy), messy);
  });

  it('in a directory without any are a mistake', () => {
    assert.throws(() => run(directory), /there is no policy and no rule test/);
  });

  it('that are not formatted stay, with the reason and exit status 1', () => {
    const invalid = 'rules:   [\n';
    const [good, bad] = [write('a.policy', messy), write('b.policy', invalid)];
    const { stdout, stderr, status } = run(good, bad);
    assert.deepEqual([stdout, status], [`${good}\n`, 1]);
    assert.ok(stderr.includes(`${bad}:2:1: error FR4001`), stderr);
    assert.equal(read(bad), invalid);
    assert.equal(read(good), tidy);
  });

  it('with a broken expression are formatted around it, with a warning', () => {
    const path = write('a.policy', 'rules:\n- id: a\n  expression: a  ==\n');
    const { stderr, status } = run(path);
    assert.equal(status, 0);
    assert.match(stderr, /a\.policy:3:\d+: warning FR6002/);
    assert.equal(read(path), 'rules:\n  - id: a\n    expression: a  ==\n');
  });
});

describe('--check', () => {
  it('writes nothing, shows what differs and exits with 1', () => {
    const path = write('a.policy', messy);
    const { stdout, status } = run('--check', path);
    assert.equal(status, 1);
    assert.equal(
      stdout,
      `${path}\n  @@ -1 +1 @@\n   rules:\n` +
        `  -- {id:   a, expression: 'open.file.name=="a"'}\n` +
        `  +  - { id: a, expression: open.file.name == "a" }\n`,
    );
    assert.equal(read(path), messy);
    assert.deepEqual(run('--check', write('a.policy', tidy)), {
      stdout: '',
      stderr: '',
      status: 0,
    });
  });

  it('shows differences that no eye can see', () => {
    const path = write('a.policy', `\ufeff${tidy.replaceAll('\n', '\r\n')}`);
    const { stdout } = run('--check', path);
    assert.ok(stdout.includes('-\\u{feff}rules:\\x0d'), stdout);
  });

  it('cuts a long difference', () => {
    const rules = Array.from({ length: 100 }, (_, index) => `- {id:   r${index}}\n`).join('');
    const { stdout } = run('--check', write('a.policy', `rules:\n${rules}`));
    assert.match(stdout, /… and 162 more lines\n$/);
  });
});

describe('--stdout', () => {
  it('prints the result and leaves the file', () => {
    const path = write('a.policy', messy);
    assert.deepEqual(run('--stdout', path), { stdout: tidy, stderr: '', status: 0 });
    assert.equal(read(path), messy);
  });

  it('prints what needs no change as well, and nothing of what is refused', () => {
    assert.equal(run('--stdout', write('a.policy', tidy)).stdout, tidy);
    const { stdout, status } = run('--stdout', write('a.policy', 'a: [\n'));
    assert.deepEqual([stdout, status], ['', 1]);
  });
});

describe('standard input', () => {
  const main = new URL('../main.ts', import.meta.url).pathname;
  const pipe = (input: string, ...flags: readonly string[]) =>
    spawnSync(process.execPath, [main, 'rules', 'fmt', '-', ...flags], { input, encoding: 'utf8' });

  it('is printed', () => {
    const { stdout, status, stderr } = pipe(messy);
    assert.deepEqual([stdout, status], [tidy, 0], stderr);
  });

  it('is checked, and refused', () => {
    const checked = pipe(messy, '--check');
    assert.equal(checked.status, 1);
    assert.match(checked.stdout, /^<stdin>\n {2}@@/);
    const refused = pipe('a: [\n');
    assert.deepEqual([refused.stdout, refused.status], ['', 1]);
    assert.match(refused.stderr, /<stdin>:2:1: error FR4001/);
  });
});
