// SPDX-License-Identifier: Apache-2.0
// Paths as long and as deep as a record holds them, and longer and deeper. What does not fit is cut
// at the root's end and said to be cut: the components nearest to the file are the ones that tell.

import { constants } from 'node:fs';
import { kernelLimits } from '@fimbul/schema';
import type { KernelCase } from '../kernel-case.ts';
import { call, expectRecord, type Step } from '../steps.ts';

const { O_CREAT, O_WRONLY } = constants;
const nameBytes = 200;

/** The last components of a path that a record has room for. */
function keepNearest(path: string, depthMax: number = kernelLimits.PATH_DEPTH_MAX): string {
  const components = path.slice(1).split('/');
  let bytes = 0;
  const kept = components.toReversed().filter((component, depth) => {
    bytes += component.length + 1;
    return bytes <= kernelLimits.PATH_BYTES_MAX && depth < depthMax;
  });
  const start = kept.length === components.length ? '/' : '';
  return `${start}${kept.toReversed().join('/')}`;
}

/** Names of directories inside of one another, for a file there to have a path of so many bytes. */
function chooseNames(directory: string, pathBytes: number): readonly string[] {
  const left = pathBytes - directory.length - '/file'.length;
  const count = Math.floor(left / (nameBytes + 1)) - 1;
  // Two other names make up the rest, whatever it is.
  const rest = left - count * (nameBytes + 1);
  const first = Math.floor(rest / 2) - 1;
  const names = Array<string>(count).fill('n'.repeat(nameBytes));
  return [...names, 'x'.repeat(first), 'y'.repeat(rest - first - 2)];
}

/** Goes down, creates a file there, and unlinks it. */
function workBelow(directory: string, names: readonly string[]): readonly Step[] {
  const parent = [directory, ...names].join('/');
  const path = `${parent}/file`;
  const kept = keepNearest(path);
  const flags = kept === path ? [] : (['TRUNCATED'] as const);
  return [
    ...names.map((name): Step => ({ do: 'descend', count: 1, name })),
    expectRecord(call('open', 'file', O_CREAT | O_WRONLY, 0o600), {
      file: { path: kept, verbatim: true, flags },
      created: true,
    }),
    expectRecord(call('unlink', 'file'), {
      file: {
        // The name is remembered by itself, and the walk starts from its directory.
        path: keepNearest(path, kernelLimits.PATH_DEPTH_MAX + 1),
        callerPath: `${keepNearest(parent)}/file`,
        verbatim: true,
        flags,
        callerFlags: keepNearest(parent) === parent ? [] : ['TRUNCATED'],
        inodeOf: kept,
      },
    }),
  ];
}

export const longPathCases: readonly KernelCase[] = [
  ...[4095, 4096, 4097, 6000].map((bytes) => ({
    name: `a path of ${bytes} bytes`,
    filesystems: ['ext4', 'tmpfs'] as const,
    steps: (directory: string) => workBelow(directory, chooseNames(directory, bytes)),
  })),
  ...[1000, 1100].map((depth) => ({
    name: `a file ${depth} directories deep`,
    filesystems: ['ext4', 'tmpfs'] as const,
    steps: (directory: string) => workBelow(directory, Array<string>(depth).fill('d')),
  })),
];
