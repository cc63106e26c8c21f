// SPDX-License-Identifier: Apache-2.0
// Writes the generated files: *.gen.* and docs/reference/, from the schema and the tables of the
// rule compiler. What is generated is committed, so that it can be read and built without running
// anything.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePolicySchema } from '../packages/rules/src/policy/policy-schema.ts';
import { type GeneratedFile, generateAll } from '../packages/schema/src/codegen/generate.ts';
import type { Problem } from './check/problem.ts';
import { writeReferencePages } from './reference/reference-pages.ts';
import { rootDirectory } from './setup/paths.ts';

function listGenerated(): readonly GeneratedFile[] {
  const policySchema = `${JSON.stringify(makePolicySchema(), null, 2)}\n`;
  return [
    ...generateAll(),
    ...writeReferencePages(),
    { path: 'docs/reference/policy.schema.json', text: policySchema },
  ];
}

/** Compares the generated files with what their sources say now. */
export function checkGenerated(): readonly Problem[] {
  return findStale().map(({ path }) => ({
    path,
    rule: 'generated',
    message: "differs from what its source says: run 'npm run generate'",
  }));
}

function findStale(): readonly GeneratedFile[] {
  return listGenerated().filter(({ path, text }) => {
    const target = join(rootDirectory, path);
    return !existsSync(target) || readFileSync(target, 'utf8') !== text;
  });
}

if (import.meta.main) {
  for (const { path, text } of findStale()) {
    mkdirSync(dirname(join(rootDirectory, path)), { recursive: true });
    writeFileSync(join(rootDirectory, path), text);
    console.log(`wrote ${path}`);
  }
}
