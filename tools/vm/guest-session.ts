// SPDX-License-Identifier: Apache-2.0
// What one run of a machine leaves on the host: a folder with what the guest has to know, the
// command, and the image of the scratch disk. It is removed when the run is over.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand, SetupError } from '../setup/command.ts';
import { buildDirectory, rootDirectory } from '../setup/paths.ts';
import type { CachedKernel } from './kernel-cache.ts';
import { quoteForShell } from './shell-quote.ts';

/** Places in the guest, as the command finds them in its environment. */
export const guestEnvironment = {
  FIMBUL_VM_EXT4: '/mnt/ext4',
  FIMBUL_VM_TMPFS: '/mnt/tmpfs',
  FIMBUL_VM_RESULTS: '/mnt/results',
  FIMBUL_VM_HOST: '/mnt/host',
} as const;

/** Where the guest finds the folder of the session. */
const guestSession = '/run/fimbul-vm/session';
const hookName = 'load-stripped.mjs';

export type SessionSpec = {
  readonly kernel: CachedKernel;
  readonly command: readonly string[];
  /** Size of the scratch disk, as `truncate` takes it: bytes, or a number with M or G. */
  readonly diskBytes: number;
};

export class GuestSession {
  readonly directory: string;
  readonly disk: string;
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
    this.directory = join(root, 'session');
    this.disk = join(root, 'disk');
  }

  /** Prepares a run; throws a `SetupError` when a program that it takes fails. */
  static async open(spec: SessionSpec): Promise<GuestSession> {
    const parent = join(buildDirectory, 'vm');
    mkdirSync(parent, { recursive: true });
    removeLeftovers(parent);
    const session = new GuestSession(mkdtempSync(join(parent, `run-${process.pid}-`)));
    mkdirSync(session.directory);
    writeFileSync(join(session.directory, 'settings'), renderSettings(spec.kernel));
    writeFileSync(join(session.directory, 'command'), renderCommand(spec));
    copyFileSync(
      join(rootDirectory, 'tools', 'vm', 'guest', hookName),
      join(session.directory, hookName),
    );
    try {
      await Promise.all([session.#stripSources(), session.#format(spec.diskBytes)]);
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  async #stripSources(): Promise<void> {
    const script = join(rootDirectory, 'tools', 'vm', 'strip-sources.ts');
    const target = join(this.directory, 'sources.json');
    const { status, output } = await runCommand({
      program: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', script, target],
    });
    if (status !== 0) {
      throw new SetupError(`the sources cannot be stripped for the guest: ${output.trim()}`);
    }
  }

  async #format(bytes: number): Promise<void> {
    writeFileSync(this.disk, '');
    truncateSync(this.disk, bytes);
    const { status, output } = await runCommand({
      program: '/sbin/mke2fs',
      args: [
        ...['-q', '-F', '-t', 'ext4', '-I', '256'],
        // Linux 5.10 would refuse a filesystem with these.
        ...['-O', '^orphan_file,^metadata_csum_seed', this.disk],
      ],
    });
    if (status !== 0) {
      throw new SetupError(`mke2fs cannot format the scratch disk: ${output.trim()}`);
    }
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Removes what runs left whose process is gone: they were killed. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function renderSettings(kernel: CachedKernel): string {
  return [
    `CHECKOUT=${quoteForShell(rootDirectory)}`,
    `KERNEL=${quoteForShell(kernel.directory)}`,
    '',
  ].join('\n');
}

/** The command gets an environment of its own: what the host has set is not the guest's. */
function renderCommand({ kernel, command }: SessionSpec): string {
  const system = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const environment = {
    PATH: `${dirname(process.execPath)}:${system}`,
    HOME: '/root',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NODE_OPTIONS: `--import=${guestSession}/${hookName}`,
    FIMBUL_VM: kernel.series,
    ...guestEnvironment,
  };
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const words = [...settings, ...command].map(quoteForShell).join(' ');
  return `cd ${quoteForShell(rootDirectory)} && exec /usr/bin/env -i ${words}\n`;
}
