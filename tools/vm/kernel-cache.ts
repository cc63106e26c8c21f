// SPDX-License-Identifier: Apache-2.0
// Kernels that were fetched, outside of the repository: one folder per series, and in it a folder
// per release that is complete from the moment it has its name.
//
//   <cache>/kernels/<series>/lock · current → <release>
//   <cache>/kernels/<series>/<release>/kernel.json · kernel · boot/config-… · lib/modules/…

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../setup/paths.ts';
import type { SeriesName } from './kernel-series.ts';

/** Counts up when what stands in a release's folder changes. */
export const cacheLayout = 1;

export type CachedKernel = {
  readonly series: SeriesName;
  readonly release: string;
  readonly directory: string;
};

export type KernelRecord = {
  readonly layout: number;
  readonly release: string;
  readonly packages: readonly string[];
};

export function getSeriesDirectory(series: SeriesName): string {
  return join(cacheDirectory, 'kernels', series);
}

export function getLockFile(series: SeriesName): string {
  return join(getSeriesDirectory(series), 'lock');
}

/** Finds the kernel of a series that was fetched before. */
export function findCachedKernel(series: SeriesName): CachedKernel | undefined {
  const current = join(getSeriesDirectory(series), 'current');
  const record = join(current, 'kernel.json');
  if (!existsSync(record)) return undefined;
  const { layout, release } = JSON.parse(readFileSync(record, 'utf8')) as KernelRecord;
  if (layout !== cacheLayout) return undefined;
  return { series, release, directory: join(getSeriesDirectory(series), release) };
}

/**
 * Puts a finished folder in place as the current release of its series. To be called with the lock
 * of the series held. Other releases go: whoever asks for a newer kernel has no use for them.
 */
export function installKernel(kernel: CachedKernel, finished: string): void {
  const directory = getSeriesDirectory(kernel.series);
  mkdirSync(directory, { recursive: true });
  rmSync(kernel.directory, { recursive: true, force: true });
  renameSync(finished, kernel.directory);
  const link = join(directory, 'current');
  const next = `${link}.next`;
  rmSync(next, { force: true });
  symlinkSync(kernel.release, next);
  renameSync(next, link);
  for (const name of readdirSync(directory)) {
    if (['lock', 'current', kernel.release].includes(name)) continue;
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}
