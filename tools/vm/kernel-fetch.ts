// SPDX-License-Identifier: Apache-2.0
// Fetches the newest kernel of a series from the Debian archive into the cache. Everything is made
// in a folder of its own and renamed when it is complete, so that whatever is interrupted leaves
// nothing behind that looks like a kernel; a lock keeps two from fetching the same.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SetupError, StepLog } from '../setup/command.ts';
import { DebianArchive, getReleaseSuites } from '../setup/debian-archive.ts';
import { listFiles } from '../setup/stamp.ts';
import { withFileLock } from './file-lock.ts';
import {
  type CachedKernel,
  cacheLayout,
  findCachedKernel,
  getLockFile,
  getSeriesDirectory,
  installKernel,
  type KernelRecord,
} from './kernel-cache.ts';
import { extractKernel } from './kernel-image.ts';
import { chooseKernel, isKernelImage, type KernelPackages } from './kernel-packages.ts';
import type { KernelSeries, Suite } from './kernel-series.ts';

/** Modules for hardware that no machine has: two thirds of all, and of the time to index them. */
const unusedModules: readonly string[] = [
  ...['drivers/gpu', 'drivers/iio', 'drivers/infiniband', 'drivers/media', 'drivers/net/ethernet'],
  ...['drivers/net/wireless', 'drivers/usb', 'sound'],
];

export type FetchOptions = {
  /** Asks the archive for a newer one although one is there. */
  readonly refresh: boolean;
  readonly report: (line: string) => void;
};

/** Returns the kernel of a series, fetching it first if need be; throws a `SetupError`. */
export async function obtainKernel(
  series: KernelSeries,
  options: FetchOptions,
): Promise<CachedKernel> {
  const cached = findCachedKernel(series.name);
  if (cached !== undefined && !options.refresh) return cached;
  return withFileLock(getLockFile(series.name), async () => {
    const meanwhile = findCachedKernel(series.name);
    if (meanwhile !== undefined && !options.refresh) return meanwhile;
    return fetchKernel(series, options);
  });
}

/** The part of fetching that holds the lock. */
async function fetchKernel(series: KernelSeries, options: FetchOptions): Promise<CachedKernel> {
  const log = new StepLog(`vm-kernel-${series.name}`);
  const reasons: string[] = [];
  for (const suite of series.suites) {
    const archive = await openSuite(suite, log).catch((error: unknown) => {
      if (!(error instanceof SetupError)) throw error;
      reasons.push(`suite ${suite.name}: ${error.message}`);
      return undefined;
    });
    if (archive === undefined) continue;
    try {
      const chosen = await findKernel(archive, series);
      if (chosen === undefined) {
        reasons.push(`suite ${suite.name} has none`);
        continue;
      }
      return await installFromArchive(archive, { series, chosen, log, report: options.report });
    } finally {
      archive.close();
    }
  }
  throw new SetupError(
    `no kernel package of the series ${series.name} could be had\n${reasons.join('\n')}`,
  );
}

function openSuite(suite: Suite, log: StepLog): Promise<DebianArchive> {
  const releases = getReleaseSuites();
  const like = suite.mirror === 'security' ? releases.map((name) => `${name}-security`) : releases;
  return DebianArchive.open({ suite: suite.name, types: 'deb', like }, log);
}

async function findKernel(
  archive: DebianArchive,
  series: KernelSeries,
): Promise<KernelPackages | undefined> {
  const names = await archive.query(['pkgnames', 'linux-image-']);
  const images = names.split('\n').filter(isKernelImage);
  if (images.length === 0) return undefined;
  return chooseKernel(await archive.query(['show', ...images]), series);
}

type Installation = {
  readonly series: KernelSeries;
  readonly chosen: KernelPackages;
  readonly log: StepLog;
  readonly report: (line: string) => void;
};

async function installFromArchive(
  archive: DebianArchive,
  { series, chosen, log, report }: Installation,
): Promise<CachedKernel> {
  const { release } = chosen;
  const directory = join(getSeriesDirectory(series.name), release);
  const kernel: CachedKernel = { series: series.name, release, directory };
  const known = findCachedKernel(series.name);
  if (known?.release === release && readRecord(known).packages.join() === chosen.packages.join()) {
    return known;
  }
  const making = mkdtempSync(join(getSeriesDirectory(series.name), 'making-'));
  try {
    report(`fetching ${chosen.packages.join(', ')} …`);
    await archive.run(['download', '-q', ...chosen.packages], making);
    report(`unpacking ${release} …`);
    const finished = join(making, 'finished');
    await assembleKernel({ chosen, packages: making, finished, log });
    installKernel(kernel, finished);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return kernel;
}

type Assembly = {
  readonly chosen: KernelPackages;
  readonly packages: string;
  readonly finished: string;
  readonly log: StepLog;
};

async function assembleKernel({ chosen, packages, finished, log }: Assembly): Promise<void> {
  const { release } = chosen;
  const unpacked = join(packages, 'unpacked');
  const advice = 'run this again; if it stays so, the packages of this kernel are laid out anew';
  for (const file of listFiles(packages, '*.deb')) {
    await log.run({ program: 'dpkg-deb', args: ['--extract', file, unpacked] }, advice);
  }
  const modules = findOne(unpacked, [`lib/modules/${release}`, `usr/lib/modules/${release}`]);
  const image = findOne(unpacked, [
    `boot/vmlinuz-${release}`,
    `usr/lib/modules/${release}/vmlinuz`,
  ]);
  const config = findOne(unpacked, [`boot/config-${release}`, `usr/lib/modules/${release}/config`]);
  mkdirSync(join(finished, 'boot'), { recursive: true });
  mkdirSync(join(finished, 'lib', 'modules'), { recursive: true });
  const packed = readFileSync(image);
  const isStartable = /^CONFIG_PVH=y$/m.test(readFileSync(config, 'utf8'));
  const kernel = isStartable ? (extractKernel(packed) ?? packed) : packed;
  writeFileSync(join(finished, 'kernel'), kernel);
  cpSync(config, join(finished, 'boot', `config-${release}`));
  for (const unused of unusedModules) {
    rmSync(join(modules, 'kernel', unused), { recursive: true, force: true });
  }
  renameSync(modules, join(finished, 'lib', 'modules', release));
  await log.run({ program: '/sbin/depmod', args: ['-b', finished, release] }, advice);
  const record: KernelRecord = { layout: cacheLayout, release, packages: chosen.packages };
  writeFileSync(join(finished, 'kernel.json'), `${JSON.stringify(record)}\n`);
}

function findOne(unpacked: string, candidates: readonly string[]): string {
  const found = candidates.map((path) => join(unpacked, path)).find(existsSync);
  if (found !== undefined) return found;
  throw new SetupError(
    `the kernel packages have none of ${candidates.join(', ')}\n` +
      'what to do: teach tools/vm/kernel-fetch.ts where this release of Debian keeps it',
  );
}

function readRecord(kernel: CachedKernel): KernelRecord {
  return JSON.parse(readFileSync(join(kernel.directory, 'kernel.json'), 'utf8')) as KernelRecord;
}
