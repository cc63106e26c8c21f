// SPDX-License-Identifier: Apache-2.0
// Who did it: processes that are gone before anybody could ask /proc, told with their program,
// arguments, ancestors, user, login user and terminal; and one that was there before the agent.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Alert, find, isAlert, listAncestors, pick } from './support/alert.ts';
import { findShapeFaults } from './support/alert-shape.ts';
import { compileProgram } from './support/c-program.ts';
import { getEnvironment, run, runOrFail } from './support/child.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace, watchDirectory } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const shell = realpathSync('/bin/sh');
/** Waits for its standard input to tell it what to do, as a session that is already open does. */
const older = spawn('/bin/sh', { env: getEnvironment(), stdio: ['pipe', 'ignore', 'inherit'] });
let append = '';
let agent: RunningAgent;

function waitForWrite(path: string): Promise<Alert> {
  return agent.waitForAlert(`a write to ${path}`, (alert) => isAlert(alert, 'written', path));
}

before(async () => {
  append = await compileProgram(workspace, 'append');
  agent = await RunningAgent.start({ policy: workspace.writePolicy(watchDirectory(directory)) });
});

after(async () => {
  older.kill('SIGKILL');
  await agent?.[Symbol.asyncDispose]();
  workspace[Symbol.dispose]();
});

test('an edit and its reversal by two processes are two alerts that tell them apart', async () => {
  const path = `${directory}/settings`;
  const original = workspace.path('original');
  writeFileSync(original, 'as it was\n');
  writeFileSync(path, 'as it was\n');
  await waitForWrite(path);
  const before = agent.alerts.length;

  await runOrFail('sh', ['-c', `echo x >> ${path}`]);
  await runOrFail('cp', [original, path]);
  assert.equal(readFileSync(path, 'utf8'), 'as it was\n');

  await agent.waitFor('both', () => agent.alerts.length >= before + 2);
  const alerts = agent.alerts.slice(before);
  assert.deepEqual(
    alerts.map((alert) => pick(alert, ['process.file.path', 'process.argv', 'open.flags'])),
    [
      {
        'process.file.path': shell,
        'process.argv': ['sh', '-c', `echo x >> ${path}`],
        'open.flags': ['O_WRONLY', 'O_CREAT', 'O_APPEND'],
      },
      {
        'process.file.path': realpathSync('/bin/cp'),
        'process.argv': ['cp', original, path],
        'open.flags': ['O_WRONLY', 'O_TRUNC'],
      },
    ],
  );
  assert.notEqual(find(alerts[0], 'process.pid'), find(alerts[1], 'process.pid'));
  for (const alert of alerts) {
    const ids = pick(alert, ['process.uid', 'process.user', 'process.ppid', 'open.created']);
    assert.deepEqual(ids, {
      'process.uid': 0,
      'process.user': 'root',
      'process.ppid': process.pid,
      'open.created': false,
    });
  }
});

test('ancestors reach from the process through its shells to this test and beyond', async () => {
  const path = `${directory}/deep`;
  // The second command keeps a shell from becoming what it runs.
  const inner = `${append} ${path} x; true`;
  await runOrFail('sh', ['-c', `sh -c '${inner}'; true`]);
  const alert = await waitForWrite(path);
  assert.equal(find(alert, 'process.file.path'), append);
  const [parent, grandparent, own, ...others] = listAncestors(alert);
  assert.deepEqual(find(parent, 'argv'), ['sh', '-c', inner]);
  assert.deepEqual(find(grandparent, 'argv'), ['sh', '-c', `sh -c '${inner}'; true`]);
  assert.equal(find(grandparent, 'file.path'), shell);
  assert.deepEqual(pick(own, ['pid', 'file.path', 'argv0']), {
    pid: process.pid,
    'file.path': realpathSync(process.execPath),
    argv0: process.argv0,
  });
  assert.equal(find(others.at(-1), 'pid'), 1);
  assert.equal(find(alert, 'process.parent.pid'), find(parent, 'pid'));
  assert.deepEqual(findShapeFaults(alert), []);
});

test('another user: ids, names and the capabilities that are gone', async () => {
  const path = `${directory}/by-daemon`;
  const identity = ['--reuid=daemon', '--regid=daemon', '--clear-groups'];
  await runOrFail('setpriv', [...identity, append, path, 'x']);
  const alert = await waitForWrite(path);
  const fields = ['uid', 'user', 'euser', 'fsuser', 'gid', 'group', 'cap_effective'];
  assert.deepEqual(pick(find(alert, 'process'), fields), {
    uid: 1,
    user: 'daemon',
    euser: 'daemon',
    fsuser: 'daemon',
    gid: 1,
    group: 'daemon',
    cap_effective: '0',
  });
  assert.deepEqual(pick(find(alert, 'open.file'), ['uid', 'user', 'group']), {
    uid: 1,
    user: 'daemon',
    group: 'daemon',
  });
});

test('the login user stays through a change of user', async () => {
  const path = `${directory}/logged-in`;
  const become = `setpriv --reuid=nobody --clear-groups ${append} ${path} x`;
  await runOrFail('sh', ['-c', `echo 4242 > /proc/self/loginuid && ${become}`]);
  const alert = await waitForWrite(path);
  assert.deepEqual(pick(find(alert, 'process'), ['auid', 'user']), { auid: 4242, user: 'nobody' });
});

test('without a login, the login user is the number that means none', async () => {
  const path = `${directory}/not-logged-in`;
  await runOrFail(append, [path, 'x']);
  const expected = Number(readFileSync('/proc/self/loginuid', 'utf8'));
  assert.equal(find(await waitForWrite(path), 'process.auid'), expected);
});

test('a session on a terminal: its name', async () => {
  const path = `${directory}/on-terminal`;
  const said = await runOrFail('script', ['-qec', `tty; ${append} ${path} x`, '/dev/null']);
  const terminal = /\/dev\/pts\/(\d+)/.exec(said)?.[1];
  assert.ok(terminal, `script made no terminal: ${said}`);
  assert.equal(find(await waitForWrite(path), 'process.tty_name'), `pts${terminal}`);
});

test('a script: the script as the program, and what interprets it', async () => {
  const path = `${directory}/by-script`;
  const script = workspace.writeFile('script', `#!/bin/sh -e\necho x >> ${path}\n`, 0o755);
  await runOrFail(script, ['one', 'two']);
  const alert = await waitForWrite(path);
  assert.equal(find(alert, 'process.file.path'), script);
  assert.equal(find(alert, 'process.interpreter.file.path'), shell);
  assert.deepEqual((find(alert, 'process.argv') as string[]).slice(-2), ['one', 'two']);
});

test('a program that is gone from the disk is still told by its path', async () => {
  const path = `${directory}/by-removed`;
  const copy = workspace.path('short-lived');
  await runOrFail('sh', ['-c', `cp ${append} ${copy} && ${copy} ${path} x; rm ${copy}`]);
  assert.equal(find(await waitForWrite(path), 'process.file.path'), copy);
});

test('a refused attempt is an alert too', async () => {
  const path = workspace.path('watched/refused');
  writeFileSync(path, '', { mode: 0o600 });
  const identity = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  const { status } = await run('setpriv', [...identity, append, path, 'x']);
  assert.equal(status, 1);
  const alert = await agent.waitForAlert(
    'the refusal',
    (found) => isAlert(found, 'written', path) && find(found, 'process.user') === 'nobody',
  );
  assert.equal(find(alert, 'open.retval'), -13);
});

test('a process from before the agent is explained when it writes', async () => {
  const path = `${directory}/by-older`;
  older.stdin.write(`echo x >> ${path}\n`);
  const alert = await waitForWrite(path);
  assert.deepEqual(pick(find(alert, 'process'), ['pid', 'file.path', 'argv', 'user', 'is_exec']), {
    pid: older.pid,
    'file.path': shell,
    argv: ['/bin/sh'],
    user: 'root',
    is_exec: true,
  });
  const [own] = listAncestors(alert);
  assert.equal(find(own, 'pid'), process.pid);
  older.stdin.end();
  await once(older, 'exit');
});
