// SPDX-License-Identifier: Apache-2.0
// `fimbul version`: the version of this tree.

import { version } from '@fimbul/config';
import type { Command } from 'commander';

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description('print the versions of fimbul and of the Node.js it runs on')
    .action(() => {
      process.stdout.write(`fimbul ${version} (Node.js ${process.version}, ${process.arch})\n`);
    });
}
