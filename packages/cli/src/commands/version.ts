// SPDX-License-Identifier: Apache-2.0
// `fimbul version`: the version of this tree.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDirectory } from '@fimbul/config';
import type { Command } from 'commander';

function readVersion(): string {
  const text = readFileSync(join(rootDirectory, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export const version = readVersion();

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description('print the versions of fimbul and of the Node.js it runs on')
    .action(() => {
      process.stdout.write(`fimbul ${version} (Node.js ${process.version}, ${process.arch})\n`);
    });
}
