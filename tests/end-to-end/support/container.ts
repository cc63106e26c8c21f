// SPDX-License-Identifier: Apache-2.0
// A container that plain runc made: a root of its own with busybox and one C program, users of its
// own, and a shell that does what a test tells it until the test ends it. It has no resource
// limits, which not every test machine can set.

import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, getEnvironment, runOrFail, waitForEnd } from './child.ts';
import type { Workspace } from './workspace.ts';

export type ContainerOptions = {
  readonly name: string;
  /** The program for /bin/append. */
  readonly append: string;
  /** The control group, where it is not runc's own choice. */
  readonly cgroupsPath?: string;
};

const users = 'captain:x:0:0::/:/bin/sh\nsailor:x:1234:1234::/:/bin/sh\n';
const groups = 'bridge:x:0:\ndeck:x:1234:\n';

function writeBundle(bundle: string, options: ContainerOptions): void {
  const root = join(bundle, 'rootfs');
  for (const name of ['bin', 'etc', 'proc', 'srv'])
    mkdirSync(join(root, name), { recursive: true });
  cpSync('/bin/busybox', join(root, 'bin/busybox'));
  cpSync(options.append, join(root, 'bin/append'));
  for (const applet of ['sh', 'su', 'chmod']) symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc/passwd'), users);
  writeFileSync(join(root, 'etc/group'), groups);
  const namespaces = ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type }));
  const capabilities = ['CAP_SETUID', 'CAP_SETGID', 'CAP_DAC_OVERRIDE'];
  const { cgroupsPath } = options;
  const config = {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: ['sh', '-e'],
      env: ['PATH=/bin'],
      cwd: '/',
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        permitted: capabilities,
      },
    },
    root: { path: 'rootfs', readonly: false },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces, ...(cgroupsPath === undefined ? {} : { cgroupsPath }) },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
}

export class Container implements AsyncDisposable {
  readonly #name: string;
  readonly #state: readonly string[];
  readonly #child: ChildProcess;
  readonly #end: Promise<Ended>;

  constructor(workspace: Workspace, options: ContainerOptions) {
    const bundle = workspace.path(`bundle-${options.name}`);
    writeBundle(bundle, options);
    this.#name = options.name;
    this.#state = ['--root', workspace.path('runc')];
    const args = [...this.#state, 'run', '--bundle', bundle, options.name];
    this.#child = spawn('runc', args, { env: getEnvironment(), stdio: 'pipe' });
    this.#end = waitForEnd(this.#child);
  }

  /** Has the shell inside run a command, after those before it. */
  tell(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  /** Ends the shell when it has done everything; throws when a command failed. */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    const { status, stderr } = await this.#end;
    if (status !== 0) throw new Error(`the container ended with ${status}: ${stderr}`);
  }

  /** Waits until it ended, in whatever way. */
  waitForEnd(): Promise<Ended> {
    return this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await runOrFail('runc', [...this.#state, 'delete', '--force', this.#name]);
    await this.#end;
  }
}
