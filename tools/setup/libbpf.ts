// SPDX-License-Identifier: Apache-2.0
// Builds libbpf from Debian's source package as a static, position-independent library in
// build/libbpf. Debian's own libbpf.a cannot be linked into an addon (no -fPIC), and the release's
// libbpf is older than what the loader needs. Integrity: apt checks the archive's signature on
// download, dpkg-source the hashes in the .dsc, and the upstream tarball's hash is pinned here.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SetupError, StepLog } from './command.ts';
import { DebianArchive } from './debian-archive.ts';
import { buildDirectory, cacheDirectory } from './paths.ts';
import { computeKey, forget, isCurrent, listFiles, remember } from './stamp.ts';

const suite = 'trixie';
const upstreamVersion = '1.5.0';
const tarball = `libbpf_${upstreamVersion}.orig.tar.gz`;
const tarballSha256 = '53492aff6dd47e4da04ef5e672d753b9743848bdb38e9d90eafbe190b7983c44';
const cflags = '-g -O2 -fPIC -fvisibility=hidden';

const sourceDirectory = join(cacheDirectory, `libbpf-${upstreamVersion}`);

export const libbpfDirectory = join(buildDirectory, 'libbpf');
export const libbpfIncludeDirectory = join(libbpfDirectory, 'include');
export const libbpfLibrary = join(libbpfDirectory, 'libbpf.a');

/** Identifies the built library, for the keys of what is linked with it. */
export function getLibbpfKey(): string {
  return computeKey({ inputs: [], parts: ['libbpf 1', upstreamVersion, tarballSha256, cflags] });
}

export function isLibbpfCurrent(): boolean {
  return isCurrent(libbpfLibrary, getLibbpfKey());
}

/** Whether the source package still has to be fetched for a build. */
export function isLibbpfSourceMissing(): boolean {
  return !existsSync(join(sourceDirectory, tarball));
}

/** Fetches the source package into the user's cache, where other checkouts find it. */
export async function fetchLibbpfSource(): Promise<void> {
  const log = new StepLog('libbpf-source');
  mkdirSync(cacheDirectory, { recursive: true });
  const archive = await DebianArchive.open({ suite, types: 'deb-src' }, log);
  const download = mkdtempSync(join(cacheDirectory, 'libbpf-'));
  try {
    await archive.run(['source', '-q', '--download-only', 'libbpf'], download);
    const path = join(download, tarball);
    const sha256 = existsSync(path) ? hashFile(path) : 'missing';
    if (sha256 !== tarballSha256) {
      throw new SetupError(
        `${tarball} from suite ${suite} has SHA-256 ${sha256}, expected ${tarballSha256}\n` +
          'what to do: if Debian moved on, set the new version and hash in tools/setup/libbpf.ts',
      );
    }
    rmSync(sourceDirectory, { recursive: true, force: true });
    renameSync(download, sourceDirectory);
  } finally {
    archive.close();
    rmSync(download, { recursive: true, force: true });
  }
}

/** Unpacks and builds the fetched source; headers and library end in build/libbpf. */
export async function buildLibbpf(): Promise<void> {
  const log = new StepLog('libbpf');
  forget(libbpfLibrary);
  rmSync(libbpfDirectory, { recursive: true, force: true });
  const unpacked = join(libbpfDirectory, 'unpacked');
  const sources = join(unpacked, 'libbpf');
  mkdirSync(unpacked, { recursive: true });
  const [description = ''] = listFiles(sourceDirectory, '*.dsc');
  const args = ['--no-check', '--extract', description, sources];
  await log.run(
    { program: 'dpkg-source', args },
    `remove ${sourceDirectory}, so that it is fetched again, and run this again`,
  );
  // The Makefile cannot cope with spaces in paths, so everything is relative to its directory.
  await log.run(
    {
      title: 'make libbpf',
      program: 'make',
      args: [
        ...[`--jobs=${availableParallelism()}`, 'CC=clang', 'BUILD_STATIC_ONLY=1', 'OBJDIR=obj'],
        ...[`CFLAGS=${cflags}`, 'DESTDIR=out', 'PREFIX=/', 'LIBDIR=/', 'V=1'],
        ...['install', 'install_headers'],
      ],
      directory: join(sources, 'src'),
    },
    'look at the log; the compiler and headers come from the Debian packages of step 2',
  );
  renameSync(join(sources, 'src', 'out', 'include'), libbpfIncludeDirectory);
  renameSync(join(sources, 'src', 'out', 'libbpf.a'), libbpfLibrary);
  rmSync(unpacked, { recursive: true, force: true });
  remember(libbpfLibrary, getLibbpfKey());
}

function hashFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
