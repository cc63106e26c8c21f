// SPDX-License-Identifier: Apache-2.0
// The fields of events about processes and the kernel. exec and exit repeat the block of the
// process under their own name.

import { ownerOf } from './event-owner.ts';
import { type FieldSpec, flag, integer, makeFields, text, textList } from './field-spec.ts';
import { makeRetval, makeSyscallFields, namedFlags } from './file-event-fields.ts';
import { makeFileFields } from './file-fields.ts';
import { makeProcessFields } from './process-fields.ts';

const fileMetadata = [
  integer('size', 'Size of the file in bytes.', { range: [0n, (1n << 63n) - 1n] }),
  integer('type', 'What the file is.', { constants: 'fileTypes' }),
  flag('is_executable', 'True for a program.'),
  integer('architecture', 'The architecture a program is for.', { constants: 'architectures' }),
  integer('abi', 'The width of addresses a program is for.', { constants: 'abis' }),
  flag('is_upx_packed', 'True for a program that UPX packed.'),
  integer('compression', 'How the file is compressed.', { constants: 'compressions' }),
  flag('is_garble_obfuscated', 'True for a program that garble made hard to read.'),
].map((draft) => ({ ...draft, cost: 999, filled: false }));

function execFields(): FieldSpec[] {
  const owner = ownerOf('exec');
  return [
    ...makeProcessFields('exec', owner),
    ...makeFields('exec.file.metadata', { ...owner, source: 'resolver' }, fileMetadata),
    ...makeSyscallFields('exec', [text('path', 'Path of the program, as the caller passed it.')]),
  ];
}

function exitFields(): FieldSpec[] {
  const owner = ownerOf('exit');
  return [
    ...makeProcessFields('exit', owner),
    ...makeFields('exit', owner, [
      integer('code', 'Exit status, or number of the signal.', { constants: 'signals' }),
      integer('cause', 'How the process ended.', {
        range: [0n, 2n],
        constants: 'exitCauses',
        style: 'names',
      }),
    ]),
  ];
}

function mmapFields(): FieldSpec[] {
  return [
    ...makeRetval('mmap'),
    ...makeFileFields('mmap.file', ownerOf('mmap')),
    ...makeFields('mmap', ownerOf('mmap'), [
      namedFlags('protection', 'memoryProtections', 'What may be done with the memory.'),
      namedFlags('flags', 'mappingFlags', 'Flags passed to mmap.'),
    ]),
  ];
}

function loadModuleFields(): FieldSpec[] {
  return [
    ...makeRetval('load_module'),
    ...makeFileFields('load_module.file', ownerOf('load_module')),
    ...makeFields('load_module', ownerOf('load_module'), [
      flag('loaded_from_memory', 'True when the module came from memory and not from a file.'),
      text('name', 'Name of the module.'),
      text('args', 'Parameters of the module, joined by spaces.', { cost: 500 }),
      textList('argv', 'Parameters of the module.', { cost: 100 }),
      flag('args_truncated', 'True when parameters were cut.'),
    ]),
  ];
}

function cgroupWriteFields(): FieldSpec[] {
  return [
    ...makeFileFields('cgroup_write.file', ownerOf('cgroup_write')),
    ...makeFields('cgroup_write', ownerOf('cgroup_write'), [
      integer('pid', 'The process that was moved into the control group.'),
    ]),
  ];
}

function unshareFields(): FieldSpec[] {
  return [
    ...makeRetval('unshare'),
    ...makeFields('unshare', ownerOf('unshare'), [
      namedFlags('flags', 'cloneFlags', 'Which namespaces and tables are no longer shared.'),
    ]),
  ];
}

/** Events of processes, their memory, and the kernel’s modules. */
export const processEventFields: readonly FieldSpec[] = [
  ...execFields(),
  ...exitFields(),
  ...mmapFields(),
  ...loadModuleFields(),
  ...cgroupWriteFields(),
  ...unshareFields(),
];
