// SPDX-License-Identifier: Apache-2.0
// `npm ci` of this project in a copy of its manifests: thousands of small files are made, renamed
// and given rights. A first run outside of the window fills npm's cache.

import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootDirectory } from '@fimbul/config';
import { run, type Workload } from './workload.ts';

const manifests = ['package.json', 'package-lock.json', 'packages/*/package.json'];
const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];

export function makeNpmWorkload(directory: string): Workload {
  return {
    name: 'npm_ci',
    prepare: async () => {
      const copy = join(directory, 'npm');
      for (const name of globSync(manifests, { cwd: rootDirectory })) {
        mkdirSync(dirname(join(copy, name)), { recursive: true });
        cpSync(join(rootDirectory, name), join(copy, name));
      }
      await run('npm', args, { directory: copy });
      return {
        run: async () => void (await run('npm', args, { directory: copy })),
        clean: () => Promise.resolve(rmSync(copy, { recursive: true })),
      };
    },
  };
}
