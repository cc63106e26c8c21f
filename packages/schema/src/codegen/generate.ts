// SPDX-License-Identifier: Apache-2.0
// Everything that is generated from the schema: path in the repository and text. The only writer of
// *.gen.* files; `npm run check` compares, `npm run generate` writes.

import { writeCHeader } from './c-header.ts';
import { writeTypeScriptOffsets } from './ts-offsets.ts';

export type GeneratedFile = { readonly path: string; readonly text: string };

export function generateAll(): GeneratedFile[] {
  return [
    { path: 'bpf/include/records.gen.h', text: writeCHeader() },
    { path: 'packages/schema/src/kernel/offsets.gen.ts', text: writeTypeScriptOffsets() },
  ];
}
