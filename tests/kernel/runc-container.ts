// SPDX-License-Identifier: Apache-2.0
// A real container for tests: plain runc over a root that holds busybox and its own user names.
// It has no resource limits, which is the one thing runc cannot set on every test machine.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const applets = ['sh', 'sleep', 'true', 'cat', 'touch', 'rm', 'mv', 'chmod', 'ls'];

function makeConfig(args: readonly string[], cgroupsPath: string | undefined): object {
  const namespaces = ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type }));
  return {
    ociVersion: '1.0.2',
    process: { terminal: false, user: { uid: 0, gid: 0 }, args, env: ['PATH=/bin'], cwd: '/' },
    root: { path: 'rootfs', readonly: false },
    hostname: 'inside',
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces, ...(cgroupsPath === undefined ? {} : { cgroupsPath }) },
  };
}

export type ContainerOptions = {
  readonly name: string;
  /** What to run inside; it must say a line on stdout once it is ready. */
  readonly args: readonly string[];
  readonly cgroupsPath?: string;
};

export class RuncContainer {
  readonly name: string;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(options: ContainerOptions) {
    this.name = options.name;
    this.#directory = mkdtempSync(join(tmpdir(), 'fimbul-runc-'));
    const root = join(this.#directory, 'rootfs');
    for (const name of ['bin', 'etc', 'proc']) mkdirSync(join(root, name), { recursive: true });
    cpSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const applet of applets) symlinkSync('busybox', join(root, 'bin', applet));
    writeFileSync(join(root, 'etc/passwd'), 'captain:x:0:0::/:/bin/sh\n');
    writeFileSync(join(root, 'etc/group'), 'crew:x:0:\n');
    const config = makeConfig(options.args, options.cgroupsPath);
    writeFileSync(join(this.#directory, 'config.json'), JSON.stringify(config));
    this.#process = spawn('runc', this.#arguments('run', '--bundle', this.#directory), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  /** Starts a container and waits until what runs inside is ready. */
  static async start(options: ContainerOptions): Promise<RuncContainer> {
    const container = new RuncContainer(options);
    const { stdout } = container.#process;
    if (stdout === null) throw new Error('runc was started without a pipe');
    const ended = once(container.#process, 'exit').then(([status]) => {
      throw new Error(`runc ended with ${status} before the container was ready`);
    });
    await Promise.race([once(stdout, 'data'), ended]);
    ended.catch(() => {});
    return container;
  }

  /** The process id of the first process inside, as the host sees it. */
  get pid(): number {
    const state = execFileSync('runc', this.#arguments('state'), { encoding: 'utf8' });
    return (JSON.parse(state) as { pid: number }).pid;
  }

  /** Runs another program inside and waits for its end. */
  exec(...args: readonly string[]): void {
    const command = ['--root', this.#stateDirectory, 'exec', this.name, ...args];
    execFileSync('runc', command, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Ends everything inside, and removes the container. */
  remove(): void {
    execFileSync('runc', [...this.#arguments('delete').slice(0, -1), '--force', this.name]);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #stateDirectory(): string {
    return join(this.#directory, 'state');
  }

  #arguments(command: string, ...options: readonly string[]): string[] {
    return ['--root', this.#stateDirectory, command, ...options, this.name];
  }
}
