// SPDX-License-Identifier: Apache-2.0
// Chooses the packages of a kernel from what apt says of a suite. The generic flavour only: the
// cloud flavour has no 9p, the real-time one is another kernel. Newer images are split, and then
// the parts are what the image depends on with exactly its own version.

import { compareVersions } from './debian-version.ts';

export type KernelWanted = {
  /** What the package's version must look like. */
  readonly version: RegExp;
};

export type KernelPackages = {
  /** What `uname -r` will say. */
  readonly release: string;
  readonly version: string;
  /** Packages to fetch, as `name=version`. */
  readonly packages: readonly string[];
  /** Bytes of the packages that the index told the size of. */
  readonly bytes: number;
};

const imageName = /^linux-image-(\d+\.\d+\.\d+.*-amd64)$/;
const otherFlavour = /-(?:cloud|rt)-amd64$/;

/** Whether a package is a kernel image of the generic flavour, and not only named like one. */
export function isKernelImage(name: string): boolean {
  return imageName.test(name) && !otherFlavour.test(name);
}

/** Chooses the newest kernel in the text of `apt-cache show`; nothing when there is none. */
export function chooseKernel(text: string, wanted: KernelWanted): KernelPackages | undefined {
  const images = parseIndex(text).filter(
    ({ name, version }) => isKernelImage(name) && wanted.version.test(version),
  );
  const newest = images.reduce<IndexEntry | undefined>(
    (best, image) =>
      best === undefined || compareVersions(image.version, best.version) > 0 ? image : best,
    undefined,
  );
  if (newest === undefined) return undefined;
  const release = imageName.exec(newest.name)?.[1] ?? '';
  const parts = newest.depends.filter(
    (part) => part.name.endsWith(`-${release}`) && part.version === newest.version,
  );
  return {
    release,
    version: newest.version,
    packages: [newest, ...parts].map((entry) => `${entry.name}=${entry.version}`),
    bytes: newest.bytes,
  };
}

type Dependency = { readonly name: string; readonly version?: string };

type IndexEntry = {
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  readonly depends: readonly Dependency[];
};

function parseIndex(text: string): readonly IndexEntry[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(stanza)?.[1]?.trim();
    const name = field('Package');
    const version = field('Version');
    if (name === undefined || version === undefined) return [];
    const bytes = Number(field('Size') ?? 0);
    return [{ name, version, bytes, depends: parseDepends(field('Depends') ?? '') }];
  });
}

function parseDepends(text: string): readonly Dependency[] {
  return text.split(',').flatMap((alternatives) => {
    const match = /^\s*([a-z0-9][a-z0-9+.-]*)(?:\s*\(=\s*([^)\s]+)\s*\))?/.exec(alternatives);
    const [, name, version] = match ?? [];
    if (name === undefined) return [];
    return [version === undefined ? { name } : { name, version }];
  });
}
