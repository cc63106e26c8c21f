// SPDX-License-Identifier: Apache-2.0
// Where set-up puts the compiled BPF objects of a checkout, and reading one.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Result, refuse, succeed } from '../probe-error.ts';

/** Gets the path of the object with all programs; `FIMBUL_BPF_DIRECTORY` names another build. */
export function getObjectPath(): string {
  const built = fileURLToPath(new URL('../../../../build/bpf', import.meta.url));
  return `${process.env.FIMBUL_BPF_DIRECTORY ?? built}/fimbul.bpf.o`;
}

export function readObjectFile(path: string): Result<Uint8Array> {
  try {
    return succeed(readFileSync(path));
  } catch (error) {
    return refuse({
      code: 'object_invalid',
      errno: 0,
      what: `read the BPF object ${path}: ${error instanceof Error ? error.message : error}`,
      advice: 'run "npm run setup" to build it',
    });
  }
}
