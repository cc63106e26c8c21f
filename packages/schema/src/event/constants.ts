// SPDX-License-Identifier: Apache-2.0
// Constants that rules may name, in groups. Values are those of Linux on x86-64 and arm64 where the
// two agree (include/uapi/asm-generic); error constants are negative, as the kernel returns them.

import { bpfAttachTypes, bpfCommands, bpfMapTypes, bpfProgramTypes } from './bpf-constants.ts';
import type { ConstantGroup } from './constant-group.ts';
import { dnsClasses, dnsResponses, dnsTypes } from './dns-constants.ts';
import { errors } from './error-constants.ts';
import {
  abis,
  architectures,
  compressions,
  fileModes,
  fileTypes,
  openFlags,
  pipeFlags,
  renameFlags,
  unlinkFlags,
} from './file-constants.ts';
import { linkProtocols } from './link-constants.ts';
import {
  addressFamilies,
  directions,
  protocols,
  socketTypes,
  tlsVersions,
} from './network-constants.ts';
import {
  auditConstants,
  capabilities,
  cloneFlags,
  exitCauses,
  mappingFlags,
  memoryAreaFlags,
  memoryProtections,
  resourceLimits,
  signals,
  traceRequests,
} from './process-constants.ts';

export const constantGroups = {
  openFlags,
  fileModes,
  errors,
  unlinkFlags,
  renameFlags,
  pipeFlags,
  signals,
  exitCauses,
  auditConstants,
  capabilities,
  cloneFlags,
  memoryProtections,
  mappingFlags,
  memoryAreaFlags,
  traceRequests,
  resourceLimits,
  bpfCommands,
  bpfMapTypes,
  bpfProgramTypes,
  bpfAttachTypes,
  addressFamilies,
  socketTypes,
  protocols,
  linkProtocols,
  directions,
  tlsVersions,
  dnsTypes,
  dnsClasses,
  dnsResponses,
  fileTypes,
  compressions,
  architectures,
  abis,
} as const satisfies Record<string, ConstantGroup>;

export type ConstantGroupName = keyof typeof constantGroups;

/** What the constants of each group are, for people. */
export const constantDescriptions: Readonly<Record<ConstantGroupName, string>> = {
  openFlags: 'Flags of open.',
  fileModes: 'Types and rights of files.',
  errors: 'Errors, negative as the kernel returns them.',
  unlinkFlags: 'Flags of unlinkat.',
  renameFlags: 'Flags of renameat2.',
  pipeFlags: 'Flags of a buffer of a pipe.',
  signals: 'Signals.',
  exitCauses: 'How a process ended. The numbers are ours.',
  auditConstants: 'The login user id of processes that nobody logged in for.',
  capabilities: 'Capabilities, each the bit that stands for it.',
  cloneFlags: 'Flags of clone and unshare.',
  memoryProtections: 'What may be done with mapped memory.',
  mappingFlags: 'Flags of mmap.',
  memoryAreaFlags: 'What an area of memory is and may become.',
  traceRequests: 'Requests of ptrace.',
  resourceLimits: 'Limits of a process.',
  bpfCommands: 'Commands of bpf.',
  bpfMapTypes: 'Types of BPF maps.',
  bpfProgramTypes: 'Types of BPF programs.',
  bpfAttachTypes: 'Where BPF programs are attached.',
  addressFamilies: 'Address families of sockets.',
  socketTypes: 'Types of sockets.',
  protocols: 'Protocols over IP.',
  linkProtocols: 'Protocols over a link, such as Ethernet.',
  directions: 'Directions of packets. The numbers are ours.',
  tlsVersions: 'Versions of TLS and SSL.',
  dnsTypes: 'Types of records of the domain name system.',
  dnsClasses: 'Classes of records of the domain name system.',
  dnsResponses: 'Results of the domain name system.',
  fileTypes: 'What a file is. The numbers are ours.',
  compressions: 'How a file is compressed. The numbers are ours.',
  architectures: 'Architectures of programs. The numbers are ours.',
  abis: 'Width of addresses of programs. The numbers are ours.',
};

/** Every integer constant a rule may name. `true` and `false` are words of the language. */
export const integerConstants: ReadonlyMap<string, bigint> = new Map(
  Object.values(constantGroups).flatMap((group) => Object.entries(group)),
);
