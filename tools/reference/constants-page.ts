// SPDX-License-Identifier: Apache-2.0
// The reference page of constants, by group.

import type { ConstantGroup } from '../../packages/schema/src/event/constant-group.ts';
import {
  type ConstantGroupName,
  constantDescriptions,
  constantGroups,
} from '../../packages/schema/src/event/constants.ts';
import { code, page, paragraph, table } from './markdown.ts';

function toHexadecimal(value: bigint): string {
  return value < 0n ? '' : `0x${value.toString(16)}`;
}

function describeGroup(name: ConstantGroupName, group: ConstantGroup): string {
  return [
    `## ${name}`,
    constantDescriptions[name],
    table(
      ['constant', 'value', ''],
      Object.entries(group).map(([constant, value]) => [
        code(constant),
        value.toString(),
        toHexadecimal(value),
      ]),
    ),
  ].join('\n\n');
}

const introduction = paragraph(
  'Names for integers, usable wherever an integer is. Values are those of x86-64; arm64 numbers ' +
    'a few flags of open differently. `true` and `false` are words of the language.',
);

/** Writes the page. */
export function writeConstantsPage(): string {
  const groups = Object.entries(constantGroups) as [ConstantGroupName, ConstantGroup][];
  return page('Constants', 'packages/schema/src/event/constants.ts', [
    introduction,
    ...groups.map(([name, group]) => describeGroup(name, group)),
  ]);
}
