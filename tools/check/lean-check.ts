// SPDX-License-Identifier: Apache-2.0
// Checks that programs which stay in memory load nothing that tools/layers.ts keeps from them, by
// any chain of static imports. One careless import would bring back megabytes without a failing
// test.

import { leanPrograms } from '../layers.ts';
import { findImports, resolveRelative } from './import-scan.ts';
import type { Problem } from './problem.ts';
import type { SourceFile } from './source-file.ts';

const scope = '@fimbul/';

/** Where a module name of the workspace leads, by the `exports` of its package. */
function resolveOwn(files: ReadonlyMap<string, string>, target: string): string | undefined {
  const [, name = '', ...rest] = target.split('/');
  const manifest = files.get(`packages/${name}/package.json`);
  if (manifest === undefined) return undefined;
  const { exports } = JSON.parse(manifest) as {
    readonly exports?: string | Readonly<Record<string, string>>;
  };
  const path = typeof exports === 'string' ? exports : exports?.[['.', ...rest].join('/')];
  return path === undefined ? undefined : `packages/${name}/${path.replace('./', '')}`;
}

function findChain(
  files: ReadonlyMap<string, string>,
  program: string,
  kept: readonly string[],
): readonly string[] | undefined {
  const importers = new Map<string, string | null>([[program, null]]);
  for (const path of importers.keys()) {
    for (const { target, loads } of findImports(files.get(path) ?? '')) {
      if (loads !== 'with') continue;
      if (kept.includes(target)) {
        const chain = [target];
        for (let at: string | null = path; at !== null; at = importers.get(at) ?? null) {
          chain.unshift(at);
        }
        return chain;
      }
      const next = target.startsWith('.')
        ? resolveRelative(path, target)
        : target.startsWith(scope)
          ? resolveOwn(files, target)
          : undefined;
      if (next !== undefined && !importers.has(next)) importers.set(next, path);
    }
  }
  return undefined;
}

/** Checks all programs that are there. */
export function checkLeanPrograms(
  sources: readonly SourceFile[],
  programs: Readonly<Record<string, readonly string[]>> = leanPrograms,
): readonly Problem[] {
  const files = new Map(sources.map(({ path, text }) => [path, text]));
  return Object.entries(programs).flatMap(([path, kept]) => {
    if (!files.has(path)) return [{ path, rule: 'layers', message: 'is not in the checkout' }];
    const chain = findChain(files, path, kept);
    if (chain === undefined) return [];
    return [{ path, rule: 'layers', message: `must not load ${chain.slice(1).join(' → ')}` }];
  });
}
