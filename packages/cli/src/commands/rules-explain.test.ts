// SPDX-License-Identifier: Apache-2.0
// What `fimbul rules explain` shows of policies, and the exit status it leaves.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { rootDirectory } from '@fimbul/config';
import type { ExplainDocument } from '@fimbul/schema';
import { Command } from 'commander';
import { addRulesCommand } from './rules.ts';

let directory = '';

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-explain-'));
});

after(() => rmSync(directory, { recursive: true }));

afterEach(() => {
  mock.restoreAll();
  process.exitCode = undefined;
});

const bound = `{ id: bound, expression: 'open.file.path =~ "/etc/*.conf"' }`;
const open = `{ id: open, expression: 'open.file.inode == 7' }`;
const broken = `{ id: bad, expression: 'open.file.nome == "a"' }`;

/** Throws what commander says of a wrong call. */
function parse(args: readonly string[]): void {
  mock.method(process.stderr, 'write', () => true);
  const program = new Command();
  addRulesCommand(program);
  const refuse = (command: Command): void => {
    command.exitOverride().configureOutput({ outputError: () => undefined });
    for (const part of command.commands) refuse(part);
  };
  refuse(program);
  program.parse(['rules', 'explain', ...args], { from: 'user' });
}

function explain(flags: readonly string[], ...rules: readonly string[]) {
  const path = join(directory, 'p.policy');
  writeFileSync(path, `rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`);
  let output = '';
  mock.method(process.stdout, 'write', (text: string) => {
    output += text;
    return true;
  });
  mock.method(process.stderr, 'write', () => true);
  const program = new Command();
  addRulesCommand(program);
  try {
    program.parse(['rules', 'explain', ...flags, path], { from: 'user' });
  } finally {
    mock.restoreAll();
  }
  return { output, status: process.exitCode };
}

describe('without a recording', () => {
  it('is a line for each rule', () => {
    const { output, status } = explain([], bound, open);
    assert.match(output, /SELECTED BY +EVENTS +RULE/);
    assert.match(output, / path +open +bound\n/);
    assert.match(output, /NOTHING +open +open\n/);
    for (const line of output.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(output, /\n2 rules, 1 that the kernel cannot select events for\n$/);
    assert.equal(status, undefined);
  });

  it('says all about one that is named', () => {
    const { output } = explain(['--rule', 'open'], bound, open);
    assert.match(output, /^open {2}/);
    assert.match(output, /lane 1: selected by nothing\n/);
    assert.match(output, /open\.file\.inode == 7\n +user space\n +why: no kernel table/);
    assert.doesNotMatch(output, /bound/);
  });

  it('refuses a rule that there is not', () => {
    assert.throws(() => explain(['--rule', 'other'], bound), /no rule "other" is loaded/);
  });

  it('is all of it as JSON', () => {
    const { output } = explain(['--json', '--rule', 'bound'], bound, open);
    const { format, stream, rules } = JSON.parse(output) as ExplainDocument;
    assert.deepEqual([format, stream, rules.map(({ id }) => id)], [1, null, ['bound']]);
    assert.equal(rules[0]?.operations[0]?.is_selective, true);
  });

  it('fails on what the kernel selects nothing for, when it is asked to', () => {
    assert.equal(explain(['--fail-on', 'unselective'], bound).status, undefined);
    assert.equal(explain(['--fail-on', 'unselective'], bound, open).status, 1);
  });

  it('fails on a rule that is broken, and explains the others', () => {
    const { output, status } = explain([], bound, open, broken);
    assert.match(output, /2 rules/);
    assert.equal(status, 1);
  });
});

describe('a wrong call', () => {
  it('is refused with what goes together', () => {
    const wrong = [
      [['--live', 'p'], /no path is named/],
      [['--seconds', '3', 'p'], /--seconds goes with --live/],
      [['--live', '--recording', 'r'], /cannot be used with/],
      [['--live', '--seconds', '0'], /from 1/],
      [[], /missing required argument/],
    ] as const;
    for (const [args, message] of wrong) {
      assert.throws(() => parse(args), message, args.join(' '));
    }
  });
});

describe('with a recording', () => {
  const recording = join(rootDirectory, 'tests/recordings/testdata/linux-6.12.rec');

  it('counts what is sent, and because of which rule', () => {
    const { output, status } = explain(['--json', '--recording', recording], bound, open);
    const { stream, rules } = JSON.parse(output) as ExplainDocument;
    const opens = stream?.find(({ operation }) => operation === 'open');
    assert.ok(opens && opens.seen > 0 && opens.sent > 0 && opens.sent <= opens.seen);
    assert.equal(rules[1]?.stream?.sent, opens.sent);
    assert.equal(rules[1]?.stream?.share, 1);
    assert.equal(status, 0);
  });

  it('shows the rule that costs most first', () => {
    const { output } = explain(['--recording', recording], bound, open);
    assert.match(output, /What the filter lets through\n +EVENT +EVENTS +SENT +SHARE\n/);
    assert.ok(output.indexOf(' open\n') < output.indexOf(' bound\n'), output);
  });

  it('fails where there is none', () => {
    const { output, status } = explain(['--recording', join(directory, 'none')], bound);
    assert.deepEqual([output, status], ['', 1]);
  });
});
