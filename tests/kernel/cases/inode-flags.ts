// SPDX-License-Identifier: Apache-2.0
// Steps that make a file immutable, and one that may be changed again.

import { constants } from 'node:fs';
import { call, keep, kept, type Step } from '../steps.ts';

const FS_IOC_SETFLAGS = 0x40086602;
const FS_IMMUTABLE_FL = 0x10;
const FS_EXTENT_FL = 0x80000;
const slot = 31;

function setFlags(name: string, flags: number): readonly Step[] {
  return [
    keep(slot, call('open', name, constants.O_RDONLY)),
    call('ioctl', kept(slot), FS_IOC_SETFLAGS, { words: [FS_EXTENT_FL | flags] }),
  ];
}

/** Makes a file on ext4 immutable. */
export function immutable(name: string): readonly Step[] {
  return setFlags(name, FS_IMMUTABLE_FL);
}

export function clearFlags(name: string): readonly Step[] {
  return setFlags(name, 0);
}
