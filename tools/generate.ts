// SPDX-License-Identifier: Apache-2.0
// Writes the generated files (*.gen.*) from the schema. What is
// generated is committed, so that it can be read and built without running anything.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateAll } from '../packages/schema/src/codegen/generate.ts';
import type { Problem } from './check/problem.ts';
import { rootDirectory } from './setup/paths.ts';

/** Compares the generated files with what the schema says now. */
export function checkGenerated(): readonly Problem[] {
  return findStale().map(({ path }) => ({
    path,
    rule: 'generated',
    message: "differs from what the schema says: run 'npm run generate'",
  }));
}

function findStale(): ReturnType<typeof generateAll> {
  return generateAll().filter(({ path, text }) => {
    const target = join(rootDirectory, path);
    return !existsSync(target) || readFileSync(target, 'utf8') !== text;
  });
}

if (import.meta.main) {
  for (const { path, text } of findStale()) {
    writeFileSync(join(rootDirectory, path), text);
    console.log(`wrote ${path}`);
  }
}
