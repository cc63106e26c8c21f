// SPDX-License-Identifier: Apache-2.0
// What `filters` of a policy may ask about the host that loads it. These are facts of the host and
// not fields of events: they are read once, when policies are loaded, and no rule can name them.

import { type FieldDraft, type FieldSpec, makeField, uint64AsInt64 } from './field-spec.ts';

/** The value of a fact, in the form that expressions read it. */
export type HostFact = string | bigint | boolean | readonly string[];

/** Facts of one host by the name of their field. What is left out reads as zero. */
export type HostFacts = Readonly<Record<string, HostFact>>;

function text(name: string, description: string): FieldDraft {
  return { name, description };
}

function flag(name: string, description: string): FieldDraft {
  return { name, type: 'bool', description };
}

function count(name: string, description: string): FieldDraft {
  return { name, type: 'int', range: uint64AsInt64, description };
}

const drafts: readonly FieldDraft[] = [
  text('os', 'Always `linux`.'),
  text('os.id', 'Identifier of the distribution: `ID` of os-release, such as `debian`.'),
  text('os.platform_id', '`PLATFORM_ID` of os-release, such as `platform:el9`, or empty.'),
  text('os.version_id', '`VERSION_ID` of os-release, such as `12` or `24.04`, or empty.'),
  flag('os.is_amazon_linux', 'True on Amazon Linux.'),
  flag('os.is_cos', 'True on Container-Optimized OS.'),
  flag('os.is_debian', 'True on Debian.'),
  flag('os.is_oracle', 'True on Oracle Linux.'),
  flag('os.is_rhel', 'True on Red Hat Enterprise Linux and what is built from it.'),
  flag('os.is_rhel7', 'True on release 7 of Red Hat Enterprise Linux and what is built from it.'),
  flag('os.is_rhel8', 'True on release 8 of Red Hat Enterprise Linux and what is built from it.'),
  flag('os.is_sles', 'True on SUSE Linux Enterprise Server.'),
  flag('os.is_sles12', 'True on release 12 of SUSE Linux Enterprise Server.'),
  flag('os.is_sles15', 'True on release 15 of SUSE Linux Enterprise Server.'),
  flag('os.is_ubuntu', 'True on Ubuntu.'),
  count('kernel.version.major', 'First number of the kernel’s release: 6 of `6.8.0-45-generic`.'),
  count('kernel.version.minor', 'Second number of the kernel’s release: 8 of `6.8.0-45-generic`.'),
  count('kernel.version.patch', 'Third number of the kernel’s release: 0 of `6.8.0-45-generic`.'),
  count(
    'kernel.version.abi',
    'Number after the dash of an Ubuntu kernel’s release: 45 of `6.8.0-45-generic`; else 0.',
  ),
  text(
    'kernel.version.flavor',
    'Last part of an Ubuntu kernel’s release: `generic` of `6.8.0-45-generic`; else empty.',
  ),
  flag(
    'kernel.core.enabled',
    'True where the kernel describes its own types (BTF), so that programs adapt to it.',
  ),
  text('origin', 'How events are observed: `ebpf`.'),
  text('hostname', 'Name of the host.'),
  { name: 'envs', list: true, description: 'Environment of the agent, as `NAME=value`.' },
];

/** Every fact that a filter may name. */
export const hostFields: readonly FieldSpec[] = drafts.map((draft) =>
  makeField({ source: 'engine', ...draft }),
);

const hostFieldsByName: ReadonlyMap<string, FieldSpec> = new Map(
  hostFields.map((spec) => [spec.name, spec]),
);

/** Finds a fact by its name. */
export function findHostField(name: string): FieldSpec | undefined {
  return hostFieldsByName.get(name);
}
