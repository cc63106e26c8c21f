// SPDX-License-Identifier: Apache-2.0
// The version of this tree: the root's package.json has it, and nothing else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDirectory } from './paths.ts';

function readVersion(): string {
  const text = readFileSync(join(rootDirectory, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export const version = readVersion();
