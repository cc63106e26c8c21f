// SPDX-License-Identifier: Apache-2.0
// Writes the TypeScript side of the kernel schema: for every struct its size and the offset of each
// member, as constants that V8 folds into the decoders.

import { computeLayout, type StructSpec } from '../kernel/layout.ts';
import { structs } from '../kernel/records.ts';

function toCamelCase(name: string): string {
  return name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function writeMembers(spec: StructSpec, base: number, indent: string): string[] {
  const lines: string[] = [];
  for (const { name, type, offset } of computeLayout(spec).members) {
    if (name.startsWith('pad_')) continue;
    const key = toCamelCase(name);
    if (type.kind === 'struct') {
      lines.push(`${indent}${key}: {`, `${indent}  at: ${base + offset},`);
      lines.push(...writeMembers(type.struct, base + offset, `${indent}  `));
      lines.push(`${indent}},`);
    } else {
      lines.push(`${indent}${key}: ${base + offset},`);
    }
  }
  return lines;
}

/** Writes packages/schema/src/kernel/offsets.gen.ts. */
export function writeTypeScriptOffsets(): string {
  const lines = [
    '// SPDX-License-Identifier: Apache-2.0',
    '// Generated from the tables beside it by `npm run generate`. Do not edit.',
    '// Byte offsets from the start of each struct; members of nested structs included.',
    '',
  ];
  for (const spec of structs) {
    const { size } = computeLayout(spec);
    lines.push(`export const ${toCamelCase(spec.name)}Offsets = {`, `  size: ${size},`);
    lines.push(...writeMembers(spec, 0, '  '), '} as const;', '');
  }
  return lines.join('\n');
}
