// SPDX-License-Identifier: Apache-2.0
// The Debian packages that Fimbul needs, in this one place, each with its reason. A package that
// is only needed for some task stands in that task's group, so that `npm start` waits for less.

import { runCommand, StepLog } from './command.ts';

export type PackageGroup = 'build' | 'check' | 'test';

const packageGroups = {
  build: {
    clang: 'compiles the BPF programs, the native addon and libbpf; brings binutils and libstdc++',
    'libelf-dev': 'libbpf reads BPF objects with it',
    'zlib1g-dev': 'libbpf reads compressed kernel configurations with it',
    'dpkg-dev': "unpacks libbpf's source package with Debian's patches; brings make and patch",
    bpftool: 'links BPF objects and drops their DWARF, keeping BTF',
  },
  check: {
    'clang-format': 'checks the layout of C and C++',
  },
  test: {
    runc: 'starts the containers that the container tests watch',
    'qemu-system-x86': 'runs virtual machines with other kernels',
    'busybox-static': 'is the user space of their initramfs',
    kmod: 'indexes the modules of their kernels (depmod)',
    e2fsprogs: 'formats their scratch disk (mke2fs)',
    'xz-utils': 'unpacks their kernels and modules',
  },
} as const satisfies Record<PackageGroup, Readonly<Record<string, string>>>;

/** Returns those packages of some groups that this machine lacks. */
export async function findMissingPackages(
  groups: readonly PackageGroup[],
): Promise<readonly string[]> {
  const wanted = groups.flatMap((group) => Object.keys(packageGroups[group]));
  const args = ['--show', '--showformat', '${db:Status-Abbrev} ${Package}\n', ...wanted];
  // The exit status is 1 when a package is unknown, which is an answer and not a failure.
  const { output } = await runCommand({ program: 'dpkg-query', args });
  const installed = new Set(
    output
      .split('\n')
      .filter((line) => line.startsWith('ii '))
      .map((line) => line.slice(2).trim()),
  );
  return wanted.filter((name) => !installed.has(name));
}

/** Installs packages with apt; throws a `SetupError` if apt cannot. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const log = new StepLog('debian-packages');
  const apt = (args: readonly string[]) => ({
    program: 'apt-get',
    args: ['-o', 'DPkg::Lock::Timeout=300', ...args],
    environment: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });
  // A source of the machine that has nothing to do with this may be down. What matters is whether
  // the packages can be installed afterwards.
  await log.tryRun(apt(['update', '-q']));
  await log.run(
    apt(['install', '-q', '--yes', '--no-install-recommends', ...packages]),
    "check that apt reaches a Debian mirror ('apt-get update') and has space, then run this again",
  );
}
