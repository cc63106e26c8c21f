// SPDX-License-Identifier: Apache-2.0
// What the kernel is told of the places where things happen: numbers for types of filesystems, and
// what user space makes of the paths of control groups.

import { type CgroupKind, cgroupKinds, filesystemTypes, kernelLimits } from '@fimbul/schema';
import type { BpfObject } from '../bpf-object.ts';
import { encodeU32 } from './map-entry.ts';

/** The inode numbers of the host's namespaces; 0 where one is not known. */
export type HostNamespaces = { readonly pid: number; readonly mount: number };

export type ToldCgroup = {
  readonly id: bigint;
  readonly hierarchy: number;
  readonly kind: CgroupKind;
};

type Maps = Pick<BpfObject, 'mapSet'>;

/** Fills the table of filesystems, which has room for all of them. */
export function tellFilesystems(object: Maps): void {
  filesystemTypes.forEach((name, index) => {
    const key = new Uint8Array(kernelLimits.FILESYSTEM_NAME_BYTES);
    key.set(new TextEncoder().encode(name));
    object.mapSet('filter_filesystems', key, encodeU32(index + 1));
  });
}

/** Tells of a group that the kernel announced. */
export function tellCgroup(object: Maps, { id, hierarchy, kind }: ToldCgroup): void {
  const key = new BigUint64Array([id, BigInt(hierarchy)]);
  const value = Uint8Array.of(cgroupKinds.indexOf(kind));
  object.mapSet('cgroups_announced', new Uint8Array(key.buffer), value);
}
