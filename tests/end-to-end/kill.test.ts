// SPDX-License-Identifier: Apache-2.0
// `kill` with the real agent: nobody where the configuration does not say so; else the process
// that was meant, or all in its container or group, and nobody beside. Only processes that a test
// started itself do what the rules are about.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { type Alert, find, isAlert } from './support/alert.ts';
import { findShapeFaults } from './support/alert-shape.ts';
import { compileProgram } from './support/c-program.ts';
import { childTimeoutMs, getEnvironment, waitForEnd } from './support/child.ts';
import { Container } from './support/container.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
/** Names of files begin with it that nobody else on this machine makes. */
const mark = `strike-${randomBytes(8).toString('hex')}-`;

/** Waits for a line, makes a file of that name, and for another line. */
const program = workspace.writeFile('victim', `read n; : > ${directory}/$n; read x; exit 7\n`);

after(() => workspace[Symbol.dispose]());

function writePolicy(scope: string, more: Readonly<Record<string, unknown>> = {}): string {
  const kill = { signal: 'SIGKILL', scope, ...more };
  return workspace.writePolicy(
    [
      {
        id: 'killer',
        expression: `open.file.name =~ "${mark}*" && open.flags & O_CREAT > 0`,
        actions: [{ kill }],
      },
    ],
    `${scope}.policy`,
  );
}

function allow(limits = '{}'): readonly string[] {
  const text = `actions: { kill: true, kill_disarmer: ${limits} }\n`;
  return ['--config', workspace.writeFile('fimbul.yaml', text)];
}

class Victim implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #end: ReturnType<typeof waitForEnd>;

  constructor(shell = '/bin/sh', args: readonly string[] = [program]) {
    this.#child = spawn(shell, args, { env: getEnvironment(), stdio: ['pipe', 'ignore', 'pipe'] });
    this.#end = waitForEnd(this.#child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits for its end; the name of the signal, or its exit status. */
  async waitForEnd(): Promise<string | number | null> {
    const { status, signal } = await this.#end;
    return signal ?? status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#end;
  }
}

function getKill(alert: Alert): Record<string, unknown> {
  assert.deepEqual(findShapeFaults(alert), []);
  const [kill] = find(alert, 'rule.actions') as readonly Alert[];
  return { ...kill };
}

function waitForStrike(agent: RunningAgent, name: string): Promise<Alert> {
  return agent.waitForAlert(name, (alert) => {
    const path = String(find(alert, 'open.file.path'));
    return isAlert(alert, 'killer') && path.endsWith(`/${mark}${name}`);
  });
}

describe('a process', () => {
  test('lives where the configuration does not allow to kill', async () => {
    await using agent = await RunningAgent.start({ policy: writePolicy('process') });
    assert.match(agent.stderr, /^fimbul: kill: not allowed on this host; 1 rule would$/m);
    await using victim = new Victim();
    victim.tell(`${mark}1`);
    assert.deepEqual(getKill(await waitForStrike(agent, '1')), {
      ...{ type: 'kill', signal: 'SIGKILL', scope: 'process', status: 'not allowed', processes: 0 },
    });
    victim.tell('go on');
    assert.equal(await victim.waitForEnd(), 7);
    const { stderr } = await agent.stop();
    assert.match(stderr, /^ {2}actions: kill_not_allowed=1$/m);
  });

  test('lives where somebody else may write the configuration', async () => {
    const config = workspace.writeFile('open.yaml', 'actions: { kill: true }\n', 0o666);
    const args = ['--config', config];
    await using agent = await RunningAgent.start({ policy: writePolicy('process'), args });
    const what = `${config} allows it, but is not this host's own word: others may write ${config}`;
    assert.ok(agent.stderr.includes(`fimbul: kill: not allowed on this host: ${what}`));
    await using victim = new Victim();
    victim.tell(`${mark}8`);
    assert.equal(getKill(await waitForStrike(agent, '8')).status, 'not allowed');
    victim.tell('go on');
    assert.equal(await victim.waitForEnd(), 7);
  });

  test('is killed where it does, and another of the same name is not', async () => {
    await using agent = await RunningAgent.start({ policy: writePolicy('process'), args: allow() });
    await using victim = new Victim();
    await using other = new Victim();
    victim.tell(`${mark}2`);
    assert.equal(await victim.waitForEnd(), 'SIGKILL');
    const alert = await waitForStrike(agent, '2');
    assert.equal(find(alert, 'process.pid'), victim.pid);
    assert.deepEqual(getKill(alert), {
      ...{ type: 'kill', signal: 'SIGKILL', scope: 'process', status: 'sent', processes: 1 },
    });
    other.tell('harmless');
    other.tell('go on');
    assert.equal(await other.waitForEnd(), 7);
  });

  test('gets the signal that the rule names', async () => {
    const policy = writePolicy('process', { signal: 'SIGTERM' });
    await using _agent = await RunningAgent.start({ policy, args: allow() });
    await using victim = new Victim();
    victim.tell(`${mark}3`);
    assert.equal(await victim.waitForEnd(), 'SIGTERM');
  });
});

test('a rule that strikes all around it is disarmed', async () => {
  const args = allow('{ executables: 1 }');
  await using agent = await RunningAgent.start({ policy: writePolicy('process'), args });
  const scripts = ['a', 'b'].map((name) =>
    workspace.writeFile(name, `#!/bin/sh\n${readFileSync(program, 'utf8')}`, 0o755),
  );
  const [first = '', second = ''] = scripts;
  await using victim = new Victim(first, []);
  victim.tell(`${mark}a`);
  assert.equal(await victim.waitForEnd(), 'SIGKILL');
  await using other = new Victim(second, []);
  other.tell(`${mark}b`);
  assert.equal(getKill(await waitForStrike(agent, 'b')).status, 'disarmed');
  other.tell('go on');
  assert.equal(await other.waitForEnd(), 7);
  await using again = new Victim(first, []);
  again.tell(`${mark}c`);
  assert.equal(getKill(await waitForStrike(agent, 'c')).status, 'disarmed');
  assert.ok(again.isAlive);
  assert.match(agent.stderr, /^fimbul: kill: rule killer is disarmed: .*executables/m);
});

/** Where a control group can be made: the unified hierarchy of this machine. */
function findUnifiedHierarchy(): string {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  const point = /^\S+ \S+ \S+ \/ (\S+) .* - cgroup2 /m.exec(mounts)?.[1];
  assert.ok(point !== undefined, 'no control groups are mounted');
  return point;
}

describe('a group', () => {
  test('of a container is killed whole', async () => {
    const append = await compileProgram(workspace, 'append');
    const policy = writePolicy('container');
    await using agent = await RunningAgent.start({ policy, args: allow() });
    const name = `fimbul-e2e-kill-${process.pid}`;
    await using container = new Container(workspace, { name, append });
    await using other = new Victim();
    container.tell('busybox sleep 600 & busybox sleep 600 &');
    container.tell(`: > /srv/${mark}1`);
    // The end of the container is the end of all in it. Which of them still get the signal is a
    // race: with its first process gone, the kernel itself ends the others.
    assert.notEqual((await container.waitForEnd()).status, 0);
    const kill = getKill(await waitForStrike(agent, '1'));
    assert.equal(kill.status, 'sent');
    assert.ok(
      [1, 2, 3].some((count) => count === kill.processes),
      `${kill.processes} processes`,
    );
    other.tell(`${mark}2`);
    assert.equal(getKill(await waitForStrike(agent, '2')).status, 'no container');
    assert.ok(other.isAlive);
  });

  test('is killed whole, with those in it that never did anything', async () => {
    const policy = writePolicy('cgroup');
    await using agent = await RunningAgent.start({ policy, args: allow() });
    const group = `${findUnifiedHierarchy()}/fimbul-e2e-${process.pid}`;
    mkdirSync(group);
    try {
      const join = `echo $$ > ${group}/cgroup.procs; sleep 600 & . ${program}`;
      await using victim = new Victim('/bin/sh', ['-c', join]);
      await using outside = new Victim();
      victim.tell(`${mark}3`);
      assert.equal(await victim.waitForEnd(), 'SIGKILL');
      const kill = getKill(await waitForStrike(agent, '3'));
      assert.deepEqual([kill.status, kill.processes], ['sent', 2]);
      assert.ok(outside.isAlive);
    } finally {
      await removeGroup(group);
    }
  });

  test('that holds the agent itself is left alone', async () => {
    const policy = writePolicy('cgroup');
    await using agent = await RunningAgent.start({ policy, args: allow() });
    await using victim = new Victim();
    victim.tell(`${mark}4`);
    assert.equal(getKill(await waitForStrike(agent, '4')).status, 'protected');
    victim.tell('go on');
    assert.equal(await victim.waitForEnd(), 7);
  });
});

/** A group can be removed when the kernel has let go of all that were in it. */
async function removeGroup(group: string): Promise<void> {
  const deadline = AbortSignal.timeout(childTimeoutMs);
  while (readFileSync(`${group}/cgroup.procs`, 'utf8') !== '') {
    if (deadline.aborted) throw new Error(`${group} still holds processes`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  rmdirSync(group);
}
