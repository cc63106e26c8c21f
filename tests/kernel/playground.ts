// SPDX-License-Identifier: Apache-2.0
// Scratch filesystems that cases run on, mounted below one temporary directory in a mount namespace
// of our own, so that the end of the process takes them away whatever happens.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type FilesystemName, type Fixture, nothingMark } from './kernel-case.ts';
import type { InodeTruth } from './truth.ts';

const imageBytes = 64 * 1024 * 1024;
/** Directories `below-N` with a file `a` in the lower layer of the overlay. */
const lowerCount = 16;
const linuxDeviceMinorBits = 20;

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}

/** The number of a device as the kernel has it, from the one that stat gives. */
function toKernelDevice(device: bigint): number {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn);
  return Number((major << BigInt(linuxDeviceMinorBits)) | minor);
}

function readInode(path: Buffer): InodeTruth {
  const { ino, dev, mode, uid, gid } = lstatSync(path, { bigint: true });
  return {
    inode: ino,
    device: toKernelDevice(dev),
    mode: Number(mode),
    uid: Number(uid),
    gid: Number(gid),
  };
}

/** Blanks and such are written as octal numbers there. */
function unescapeMountPoint(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

export class Playground {
  readonly root: string;
  readonly #directories: Readonly<Record<FilesystemName, string>>;
  #count = 0;
  #lowerTaken = 0;

  /** `parent`: where the temporary directory is made. `ext4`: a directory of a mounted ext4. */
  constructor(parent: string, ext4: string | null) {
    this.root = mkdtempSync(join(parent, 'kernel-'));
    chmodSync(this.root, 0o755);
    const at = (name: string): string => join(this.root, name);
    this.#directories = { ext4: ext4 ?? at('ext4'), tmpfs: at('tmpfs'), overlay: at('overlay') };
    for (const name of ['ext4', 'tmpfs', 'overlay']) mkdirSync(at(name));
    if (ext4 === null) this.#mountImage();
    run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', this.#directories.tmpfs);
    this.#mountOverlay();
  }

  /** Makes the directory of a case on a filesystem. */
  makeDirectory(filesystem: FilesystemName): string {
    this.#count += 1;
    const directory = join(this.#directories[filesystem], `case-${this.#count}`);
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    return directory;
  }

  /** A directory of the overlay with a file `a`, both still those of the lower layer. */
  takeLowerDirectory(): string {
    if (this.#lowerTaken === lowerCount) throw new Error('no directory of the lower layer is left');
    this.#lowerTaken += 1;
    return join(this.#directories.overlay, `below-${this.#lowerTaken - 1}`);
  }

  /** Takes away what was mounted below a directory, the latest first. */
  unmountBelow(directory: string): void {
    const mounts = readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .map((line) => unescapeMountPoint(line.split(' ')[4] ?? ''))
      .filter((place) => place.startsWith(`${directory}/`));
    for (const place of mounts.reverse()) {
      const path = Buffer.from(place, 'latin1').toString();
      spawnSync('umount', ['--lazy', '--no-canonicalize', path]);
    }
  }

  close(): void {
    for (const name of ['overlay', 'tmpfs', 'ext4']) {
      spawnSync('umount', ['--recursive', '--lazy', join(this.root, name)]);
    }
    rmSync(this.root, { recursive: true, force: true });
  }

  #mountImage(): void {
    const image = join(this.root, 'ext4.img');
    const descriptor = openSync(image, 'w');
    ftruncateSync(descriptor, imageBytes);
    closeSync(descriptor);
    run('mke2fs', '-q', '-t', 'ext4', image);
    run('mount', '-o', 'loop', image, this.#directories.ext4);
  }

  #mountOverlay(): void {
    const layer = (name: string): string => {
      const path = join(this.#directories.ext4, `overlay-${process.pid}-${name}`);
      mkdirSync(path);
      return path;
    };
    const lower = layer('lower');
    for (let index = 0; index < lowerCount; index += 1) {
      mkdirSync(join(lower, `below-${index}`));
      writeFileSync(join(lower, `below-${index}`, 'a'), 'below');
    }
    const options = `lowerdir=${lower},upperdir=${layer('upper')},workdir=${layer('work')}`;
    run('mount', '-t', 'overlay', '-o', options, 'overlay', this.#directories.overlay);
  }
}

/**
 * Makes the files of a case in its directory, in order. Returns their inodes by name. `nothing` is
 * the path of the program that does nothing.
 */
export function makeFixtures(
  directory: string,
  files: Readonly<Record<string, Fixture>>,
  nothing: string,
): ReadonlyMap<string, InodeTruth> {
  const at = (name: string): Buffer =>
    Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, 'latin1')]);
  for (const [name, fixture] of Object.entries(files)) {
    const path = at(name);
    switch (fixture.kind) {
      case 'file':
        writeFileSync(path, fixture.content.replaceAll(nothingMark, nothing));
        chownSync(path, fixture.uid, fixture.uid);
        chmodSync(path, fixture.mode);
        break;
      case 'program':
        copyFileSync(nothing, path);
        chownSync(path, fixture.uid, fixture.uid);
        chmodSync(path, fixture.mode);
        break;
      case 'directory':
        mkdirSync(path);
        chmodSync(path, fixture.mode);
        break;
      case 'symlink':
        symlinkSync(Buffer.from(fixture.target, 'latin1'), path);
        break;
      case 'hardlink':
        linkSync(at(fixture.to), path);
        break;
    }
  }
  return new Map(Object.keys(files).map((name) => [name, readInode(at(name))]));
}
