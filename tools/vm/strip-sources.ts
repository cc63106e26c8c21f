// SPDX-License-Identifier: Apache-2.0
// Writes the checkout's TypeScript without its types into one JSON file, by absolute path:
// `node tools/vm/strip-sources.ts FILE`. Types become blanks, so lines and columns stay.

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { rootDirectory } from '../setup/paths.ts';

const folders = ['packages/*/src', 'tests', 'tools', 'bench'];

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('no file was named to write to');
const paths = globSync(
  folders.map((folder) => `${folder}/**/*.ts`),
  { cwd: rootDirectory, exclude: (path) => path.includes('node_modules') },
).map((path) => join(rootDirectory, path));
const sources = Object.fromEntries(
  paths.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    try {
      return [[path, stripTypeScriptTypes(text)]];
    } catch {
      // Whoever loads it gets Node's own words about what is wrong in it.
      return [];
    }
  }),
);
writeFileSync(target, JSON.stringify(sources));
