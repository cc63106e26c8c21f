// SPDX-License-Identifier: Apache-2.0
// Builds the initramfs of a kernel: static busybox, guest/*.sh, and the modules without which the
// guest sees neither the host's files nor its scratch disk. It stands beside the kernel under the
// hash of what is in it.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError } from '../setup/command.ts';
import { type CpioEntry, packCpio } from './cpio.ts';
import type { CachedKernel } from './kernel-cache.ts';
import { unpackKernelFile } from './kernel-image.ts';
import { hasModule, type ModuleIndex, orderModules, parseModuleIndex } from './module-order.ts';

const guestDirectory = join(import.meta.dirname, 'guest');
const busybox = '/bin/busybox';

/** What brings the host's files, the ports and the disk. */
const busModules = ['virtio_pci', 'virtio_console', 'virtio_blk', '9pnet_virtio', '9p'];
/** Loaded while the shares are being mounted, because ext4 takes longest. */
const diskModules = ['ext4'];
/** What ext4 asks for by the name of an algorithm, on kernels that have it as a module. */
const diskModulesOptional = ['crc32c_generic'];

/** Returns the path of the initramfs of a kernel, building it first if need be. */
export function obtainInitramfs(kernel: CachedKernel): string {
  const sources = {
    busybox: readFileSync(busybox),
    init: readFileSync(join(guestDirectory, 'init.sh')),
    session: readFileSync(join(guestDirectory, 'session.sh')),
  };
  const modules = [busModules, diskModulesOptional, diskModules];
  const hash = createHash('sha256').update(JSON.stringify(modules));
  for (const bytes of Object.values(sources)) hash.update(`${bytes.length}\n`).update(bytes);
  const key = hash.digest('hex').slice(0, 16);
  const path = join(kernel.directory, `initramfs-${key}`);
  if (existsSync(path)) return path;
  const making = `${path}.${process.pid}`;
  writeFileSync(making, packCpio([...listFiles(sources), ...listModules(kernel)]));
  renameSync(making, path);
  return path;
}

type Sources = { readonly busybox: Buffer; readonly init: Buffer; readonly session: Buffer };

function listFiles({ busybox, init, session }: Sources): readonly CpioEntry[] {
  return [
    { kind: 'directory', path: 'bin' },
    { kind: 'file', path: 'bin/busybox', mode: 0o755, bytes: busybox },
    { kind: 'file', path: 'init', mode: 0o755, bytes: init },
    { kind: 'file', path: 'session.sh', mode: 0o644, bytes: session },
    { kind: 'directory', path: 'modules' },
  ];
}

/** Modules under their plain names, unpacked, since not every kernel unpacks them itself. */
function listModules(kernel: CachedKernel): readonly CpioEntry[] {
  const directory = join(kernel.directory, 'lib', 'modules', kernel.release);
  const index = parseModuleIndex(
    readFileSync(join(directory, 'modules.dep'), 'utf8'),
    readFileSync(join(directory, 'modules.builtin'), 'utf8'),
  );
  const bus = order(kernel, index, busModules);
  const optional = diskModulesOptional.filter((name) => hasModule(index, name));
  const disk = order(kernel, index, [...optional, ...diskModules]).filter(
    (path) => !bus.includes(path),
  );
  const lists = { bus, disk };
  return [
    ...Object.entries(lists).map(([name, paths]): CpioEntry => {
      const text = paths.map((path) => `${getPlainName(path)}\n`).join('');
      return { kind: 'file', path: `modules/${name}`, mode: 0o644, bytes: Buffer.from(text) };
    }),
    ...[...bus, ...disk].map((path): CpioEntry => {
      const bytes = unpackKernelFile(readFileSync(join(directory, path)));
      return { kind: 'file', path: `modules/${getPlainName(path)}`, mode: 0o644, bytes };
    }),
  ];
}

function order(
  kernel: CachedKernel,
  index: ModuleIndex,
  names: readonly string[],
): readonly string[] {
  const result = orderModules(index, names);
  if (result.kind === 'order') return result.paths;
  throw new SetupError(
    `the kernel ${kernel.release} has no module ${result.name}\n` +
      `what to do: remove ${kernel.directory}, so that it is fetched again, and run this again`,
  );
}

function getPlainName(path: string): string {
  return basename(path).replace(/\.ko(?:\.[a-z]+)?$/, '.ko');
}
