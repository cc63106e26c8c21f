// SPDX-License-Identifier: Apache-2.0
// The kernels that Fimbul must work on, and the suites of Debian that carry them. No patch version
// stands here: which one is the newest is asked of the archive.

import type { KernelWanted } from './kernel-packages.ts';

export type KernelSeries = KernelWanted & {
  readonly name: SeriesName;
  /** Suites in the order in which they are asked. */
  readonly suites: readonly Suite[];
};

/** A suite stands on the mirror of the release, or on that of its security updates. */
export type Suite = { readonly name: string; readonly mirror: 'release' | 'security' };

export type SeriesName = '5.10' | '6.1' | '6.12' | '7';

/** A security suite has what its release has, or newer, and a much smaller index. */
function withSecurity(release: string): readonly Suite[] {
  return [
    { name: `${release}-security`, mirror: 'security' },
    { name: release, mirror: 'release' },
  ];
}

export const kernelSeries: readonly KernelSeries[] = [
  { name: '5.10', version: /^5\.10\./, suites: withSecurity('bullseye') },
  { name: '6.1', version: /^6\.1\./, suites: withSecurity('bookworm') },
  { name: '6.12', version: /^6\.12\./, suites: withSecurity('trixie') },
  // The newest that Debian ships, whatever comes after 7.
  { name: '7', version: /^(?:[7-9]|\d\d)\./, suites: [{ name: 'sid', mirror: 'release' }] },
];

/** Finds a series by what a person calls it: `7` is also `7.x`. */
export function findSeries(name: string): KernelSeries | undefined {
  const plain = name.replace(/\.x$/, '');
  return kernelSeries.find((series) => series.name === plain);
}
