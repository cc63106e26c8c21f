// SPDX-License-Identifier: Apache-2.0
// What people see: `fimbul run` in words, with colours only where somebody looks, and with names
// that anybody may choose shown so that no terminal obeys them.

import assert from 'node:assert/strict';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { run, runOrFail } from './support/child.ts';
import { fimbulPath, runFimbul } from './support/fimbul.ts';
import { RunningAgent } from './support/running-agent.ts';
import { runOnTerminal } from './support/terminal.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const policy = workspace.writePolicy([
  {
    id: 'written',
    expression: `open.file.path =~ "${directory}/**" && open.flags & O_WRONLY > 0`,
  },
  { id: 'removed', expression: `unlink.file.path =~ "${directory}/**"` },
  { id: 'renamed', expression: `rename.file.path =~ "${directory}/**"` },
  { id: 'rights_changed', expression: `chmod.file.path =~ "${directory}/**"` },
]);

/** Clears the screen, sets the title, moves the cursor, reverses text, starts a new line. */
const hostileName = 'a\u001b[2Jb\u001b]0;title\u0007c\rd\ne\u009b1mf\u202eg\u2028h';
const hostileEscapes = 'a\\x1b[2Jb\\x1b]0;title\\x07c\\x0dd\\x0ae\\x9b1mf\\u{202e}g\\u{2028}h';
const controls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const escapeCharacter = '\u001b';
const sgr = new RegExp(`${escapeCharacter}\\[\\d+m`);

after(() => workspace[Symbol.dispose]());

/** What `fimbul run` writes into a pipe while something happens. */
async function runInPipe(
  act: () => unknown,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const lines: string[] = [];
  await using agent = await RunningAgent.start({
    command: ['run'],
    policy,
    environment,
    takeLine: (line) => void lines.push(line),
  });
  await act();
  const { status } = await agent.stop();
  assert.equal(status, 0);
  return lines;
}

/** What `fimbul run` shows on a terminal while a file is written; it is then interrupted. */
function runOnOwnTerminal(
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  let written = false;
  let stopped = false;
  const commandLine = `${fimbulPath} run --policy ${policy} --duration 5m`;
  const onText = (shown: string): void => {
    const pid = /ready.* pid (\d+)/.exec(shown)?.[1];
    if (pid === undefined) return;
    if (!written) writeFileSync(`${directory}/${name}`, 'x');
    written = true;
    // Everything about an alert is written at once, with its ancestors at the end.
    if (!stopped && shown.includes('←')) {
      stopped = true;
      process.kill(Number(pid), 'SIGINT');
    }
  };
  return runOnTerminal(commandLine, {
    environment: { TERM: 'xterm-256color', ...environment },
    onText,
  });
}

test('each alert: when, which rule, what happened, who did it, and from where', async () => {
  const file = `${directory}/plain`;
  const lines = await runInPipe(() => {
    writeFileSync(file, 'x', { mode: 0o644 });
    chmodSync(file, 0o600);
    renameSync(file, `${file}-2`);
    rmSync(`${file}-2`);
  });
  const heads = lines.filter((line) => !line.startsWith(' '));
  assert.deepEqual(
    heads.map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, '')),
    ['written', 'rights_changed', 'renamed', 'removed'],
  );
  const what = lines.filter(
    (_line, index) => lines[index - 1] !== undefined && heads.includes(lines[index - 1] ?? ''),
  );
  assert.deepEqual(
    what.map((line) => line.trim().replace(/from (?:unknown|0\d{3})/, 'from RIGHTS')),
    [
      `created ${file} O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC`,
      `changed rights of ${file} from RIGHTS to 0600`,
      `renamed ${file} to ${file}-2`,
      `removed ${file}-2`,
    ],
  );
  const who = lines.filter((line) => line.startsWith('    by '));
  assert.equal(who.length, 4);
  for (const line of who) assert.match(line, new RegExp(` pid ${process.pid}, user root`));
});

test('a refusal, another user and a script say so', async () => {
  const file = `${directory}/refused`;
  writeFileSync(file, '', { mode: 0o600 });
  const script = workspace.writeFile('intruder', `#!/bin/sh\n: 2> /dev/null >> ${file}\n`, 0o755);
  const identity = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  const lines = await runInPipe(() => run('setpriv', [...identity, script]));
  const text = lines.join('\n');
  assert.match(text, new RegExp(`opened ${file} O_WRONLY\\S* refused \\(-13\\)`));
  assert.match(text, new RegExp(`by ${script} pid \\d+, user nobody`));
});

describe('names that would drive a terminal', () => {
  test('in a pipe they are escaped, and every line is one of ours', async () => {
    const lines = await runInPipe(async () => {
      writeFileSync(`${directory}/${hostileName}`, 'x');
      await runOrFail('sh', ['-c', `echo x > ${directory}/arguments; true`, hostileName]);
    });
    for (const line of lines) assert.doesNotMatch(line, controls);
    assert.ok(
      lines.some((line) => line.includes(`created ${directory}/${hostileEscapes} `)),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) => line.startsWith('    $ sh -c ') && line.includes(hostileEscapes)),
    );
    for (const line of lines) assert.match(line, /^(?:\d\d:\d\d| {4}(?:created|by|\$|←) )/);
  });

  test('on a terminal too: the only controls are our colours, and there are some', async () => {
    const shown = await runOnOwnTerminal(hostileName);
    assert.ok(shown.includes(hostileEscapes), shown);
    assert.match(shown, sgr);
    for (const line of shown.replaceAll(new RegExp(sgr, 'g'), '').split('\n')) {
      assert.doesNotMatch(line, controls);
    }
  });

  test('in a path of a policy they are escaped in messages about it', async () => {
    const path = workspace.path(`${hostileName}.policy`);
    const { status, stderr } = await runFimbul(['agent', '--policy', path]);
    assert.equal(status, 1);
    for (const line of stderr.split('\n')) assert.doesNotMatch(line, controls);
  });
});

describe('colours', () => {
  test('NO_COLOR: none on a terminal', async () => {
    assert.doesNotMatch(await runOnOwnTerminal('no-color', { NO_COLOR: '1' }), sgr);
  });

  test('FORCE_COLOR: some in a pipe, which has none otherwise', async () => {
    const act = (): void => writeFileSync(`${directory}/forced`, 'x');
    assert.match((await runInPipe(act, { FORCE_COLOR: '1' })).join('\n'), sgr);
  });

  test('rules check keeps to the same', async () => {
    const broken = workspace.writePolicy(
      [{ id: 'r', expression: 'open.file.pth == 1' }],
      'b.policy',
    );
    const commandLine = `${fimbulPath} rules check ${broken} || true`;
    assert.match(await runOnTerminal(commandLine), sgr);
    const environment = { NO_COLOR: '1' };
    assert.doesNotMatch(await runOnTerminal(commandLine, { environment }), sgr);
    assert.doesNotMatch((await runFimbul(['rules', 'check', broken])).stdout, sgr);
    const forced = await runFimbul(['rules', 'check', broken], {
      environment: { FORCE_COLOR: '1' },
    });
    assert.match(forced.stdout, sgr);
    const refused = await runFimbul(['rules', 'check', broken], {
      environment: { FORCE_COLOR: '0' },
    });
    assert.doesNotMatch(refused.stdout, sgr);
  });
});
