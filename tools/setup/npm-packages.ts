// SPDX-License-Identifier: Apache-2.0
// Installs the workspace's npm packages as the lockfile says. What counts is what is there: the
// lockfile that npm leaves in node_modules is compared with the repository's, so an engineer's own
// `npm install` is not undone. No package's install script runs.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Command, runCommand, SetupError, StepLog } from './command.ts';
import { rootDirectory } from './paths.ts';

const lockFile = join(rootDirectory, 'package-lock.json');
const installedLockFile = join(rootDirectory, 'node_modules', '.package-lock.json');

type LockedPackage = {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly libc?: string | readonly string[];
};

type Lock = { readonly packages: Readonly<Record<string, LockedPackage>> };

/** Returns the packages of `wanted` that this machine needs and `installed` does not have. */
export function findStalePackages(wanted: Lock, installed: Lock): readonly string[] {
  return Object.entries(wanted.packages).flatMap(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return [];
    if (entry.optional === true && !isForThisMachine(entry)) return [];
    const found = installed.packages[path];
    const same =
      found !== undefined &&
      found.version === entry.version &&
      found.integrity === entry.integrity &&
      found.link === entry.link;
    return same ? [] : [path];
  });
}

/** Returns the packages of `installed` that the lockfile does not have. */
export function findUnlockedPackages(wanted: Lock, installed: Lock): readonly string[] {
  return Object.keys(installed.packages).filter((path) => wanted.packages[path] === undefined);
}

/** Returns the packages that node_modules lacks. */
export function findMissingNpmPackages(): readonly string[] {
  const wanted = readLock(lockFile);
  const none: Lock = { packages: {} };
  const installed = existsSync(installedLockFile) ? readLock(installedLockFile) : none;
  const stale = findStalePackages(wanted, installed);
  if (stale.length > 0) return stale;
  return Object.keys(installed.packages).filter(
    (path) => path.startsWith('node_modules/') && !existsSync(join(rootDirectory, path)),
  );
}

/**
 * Installs what the lockfile says under this Node; throws a `SetupError` if a package cannot be
 * had. Not `npm ci`: that deletes what others are using, and refuses a lockfile when a registry
 * does not carry the optional packages of other platforms. What `npm ci` would guarantee is
 * checked afterwards: everything locked is there, and nothing else is.
 */
export async function installNpmPackages(): Promise<void> {
  const log = new StepLog('npm-packages');
  const cli = await findNpmCli();
  const command: Command = {
    title: 'npm install',
    program: process.execPath,
    args: [
      ...[cli, 'install', '--no-save', '--ignore-scripts', '--include=dev', '--include=optional'],
      ...['--no-progress', '--no-audit', '--no-fund'],
    ],
    directory: rootDirectory,
    environment: getNpmEnvironment(cli),
  };
  const advice = 'check that npm reaches its registry (npm ping), then run this again';
  await log.run(command, advice);
  const missing = findMissingNpmPackages();
  // npm reports success when an optional package for this machine could not be had.
  if (missing.length > 0) {
    throw new SetupError(
      `npm left out ${missing.join(', ')}\nthe whole log: ${log.path}\nwhat to do: ${advice}`,
    );
  }
  const unlocked = findUnlockedPackages(readLock(lockFile), readLock(installedLockFile));
  if (unlocked.length > 0) {
    throw new SetupError(
      `package-lock.json does not know ${unlocked.join(', ')}\n` +
        "what to do: run 'npm install' and commit package-lock.json",
    );
  }
}

function isForThisMachine(entry: LockedPackage): boolean {
  return (
    matches(entry.os, process.platform) &&
    matches(entry.cpu, process.arch) &&
    matches(entry.libc, 'glibc')
  );
}

function matches(allowed: string | readonly string[] | undefined, value: string): boolean {
  if (allowed === undefined) return true;
  const list = typeof allowed === 'string' ? [allowed] : allowed;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith('!'));
}

function readLock(path: string): Lock {
  return JSON.parse(readFileSync(path, 'utf8')) as Lock;
}

/** The machine's `npm` may be a link to npm-cli.js or a script that starts it in its own way. */
async function findNpmCli(): Promise<string> {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'npm'))
    .filter(existsSync)
    .map((path) => realpathSync(path));
  const root = (await runCommand({ program: 'npm', args: ['root', '--global'] })).output.trim();
  const candidates = [...onPath, join(root, 'npm', 'bin', 'npm-cli.js')];
  const found = candidates.find((path) => path.endsWith('.js') && existsSync(path));
  if (found !== undefined) return found;
  throw new SetupError(
    `npm-cli.js is at none of ${candidates.join(', ')}\n` +
      'what to do: install Node (18 or newer) with npm so that npm is on the PATH',
  );
}

/** Debian's own npm finds its modules where only Debian's own Node looks. */
function getNpmEnvironment(cli: string): Readonly<Record<string, string>> {
  const debianModules = '/usr/share/nodejs';
  return cli.startsWith(`${debianModules}/`) ? { NODE_PATH: debianModules } : {};
}
