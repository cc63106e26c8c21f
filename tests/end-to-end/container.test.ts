// SPDX-License-Identifier: Apache-2.0
// Changes inside of containers: which container, the path as the container sees it, and the names
// of its own users, on real containers that plain runc made.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Alert, find, isAlert, listAncestors, pick } from './support/alert.ts';
import { findShapeFaults } from './support/alert-shape.ts';
import { compileProgram } from './support/c-program.ts';
import { Container } from './support/container.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
/** In no other container of this machine. */
const mark = randomBytes(8).toString('hex');
let append = '';
let agent: RunningAgent;

function waitForWrite(path: string): Promise<Alert> {
  return agent.waitForAlert(`a write to ${path}`, (alert) => isAlert(alert, 'written', path));
}

before(async () => {
  append = await compileProgram(workspace, 'append');
  const policy = workspace.writePolicy([
    // Asks for names at every moment, also while runc has the new namespace and still the old root.
    { id: 'never', expression: 'open.file.user == "no-one-here" || process.user == "no-one-here"' },
    {
      id: 'written',
      expression: `open.file.path =~ "/srv/${mark}-*" && open.flags & O_WRONLY > 0`,
    },
    {
      id: 'written_by_container',
      expression:
        `open.file.path =~ "/srv/${mark}-*" && open.flags & O_WRONLY > 0 ` +
        `&& container.id == "fimbul-${mark}" && process.user == "sailor"`,
    },
  ]);
  agent = await RunningAgent.start({ policy });
});

after(async () => {
  await agent?.[Symbol.asyncDispose]();
  workspace[Symbol.dispose]();
});

test('a plain container: its name, the path and the users as it sees them', async () => {
  const name = `fimbul-${mark}`;
  await using container = new Container(workspace, { name, append });
  container.tell(`append /srv/${mark}-a x; chmod 777 /srv`);
  const first = await waitForWrite(`/srv/${mark}-a`);
  assert.deepEqual(findShapeFaults(first), []);
  assert.equal(find(first, 'container.id'), name);
  const fields = ['container.id', 'file.path', 'argv', 'user', 'group', 'uid'];
  assert.deepEqual(pick(find(first, 'process'), fields), {
    'container.id': name,
    'file.path': '/bin/append',
    argv: ['append', `/srv/${mark}-a`, 'x'],
    user: 'captain',
    group: 'bridge',
    uid: 0,
  });
  assert.deepEqual(pick(find(first, 'open.file'), ['user', 'group', 'path_source']), {
    user: 'captain',
    group: 'bridge',
    path_source: 'kernel',
  });

  container.tell(`su sailor -c 'append /srv/${mark}-b x; true'`);
  const second = await waitForWrite(`/srv/${mark}-b`);
  assert.deepEqual(pick(find(second, 'process'), ['container.id', 'user', 'group', 'uid']), {
    'container.id': name,
    user: 'sailor',
    group: 'deck',
    uid: 1234,
  });
  await container.finish();
});

test('ancestors lead out of the container, to who started it', async () => {
  const alert = await waitForWrite(`/srv/${mark}-a`);
  const ancestors = listAncestors(alert);
  const [shell] = ancestors;
  assert.equal(find(shell, 'file.path'), '/bin/busybox');
  assert.equal(find(shell, 'container.id'), `fimbul-${mark}`);
  const own = ancestors.find((ancestor) => find(ancestor, 'pid') === process.pid);
  assert.ok(own, 'this test is not among the ancestors');
  assert.equal(find(own, 'container.id'), undefined);
  assert.ok(ancestors.some((ancestor) => String(find(ancestor, 'file.path')).endsWith('/runc')));
});

test('rules can name the container and its users', async () => {
  await waitForWrite(`/srv/${mark}-b`);
  const alerts = agent.alerts.filter((alert) => isAlert(alert, 'written_by_container'));
  assert.deepEqual(
    alerts.map((alert) => find(alert, 'open.file.path')),
    [`/srv/${mark}-b`],
  );
});

test('a control group as Docker makes it: its 64 digits are the identifier', async () => {
  const id = randomBytes(32).toString('hex');
  const path = `/srv/${mark}-c`;
  await using container = new Container(workspace, {
    name: `fimbul-${mark}-c`,
    append,
    cgroupsPath: `/docker/${id}`,
  });
  container.tell(`append ${path} x`);
  await container.finish();
  const alert = await waitForWrite(path);
  assert.equal(find(alert, 'container.id'), id);
  assert.match(String(find(alert, 'process.cgroup.id')), new RegExp(`/docker/${id}$`));
});

test('a container that is gone: no name of a user rather than the host’s', async () => {
  const path = `/srv/${mark}-e`;
  await using container = new Container(workspace, { name: `fimbul-${mark}-e`, append });
  container.tell(`append ${path} x`);
  await container.finish();
  const alert = await waitForWrite(path);
  assert.equal(find(alert, 'container.id'), `fimbul-${mark}-e`);
  assert.equal(find(alert, 'process.uid'), 0);
  assert.notEqual(find(alert, 'process.user'), 'root');
  assert.notEqual(find(alert, 'open.file.user'), 'root');
});

test('the same path on the host belongs to no container', async () => {
  const path = `/srv/${mark}-d`;
  mkdirSync('/srv', { recursive: true });
  try {
    writeFileSync(path, 'x');
    const alert = await waitForWrite(path);
    assert.equal(find(alert, 'container.id'), undefined);
    assert.equal(find(alert, 'process.container'), undefined);
  } finally {
    rmSync(path, { force: true });
  }
});
