// SPDX-License-Identifier: Apache-2.0
// Finds what a file imports or includes. It relies on the formatter: import and export statements
// start a line, and module names stand in quotes. That makes a parser unnecessary.

import { posix } from 'node:path';

export type Reference = {
  /** The module name or header as written, without quotes. */
  readonly target: string;
  /** Counted from 1. */
  readonly line: number;
  /** When it is loaded: with the file, when it is asked for, or never, being types only. */
  readonly loads: 'with' | 'later' | 'never';
};

const fromStatement = /^(?:import|export)\b[^;'"]*?\bfrom\s+['"]([^'"]+)['"]/gm;
const onlyTypes = /^(?:import|export)\s+type\b/;
const bareImport = /^import\s+['"]([^'"]+)['"]/gm;
const dynamicImport = /\bimport\(\s*['"]([^'"]+)['"]/g;
const include = /^[ \t]*#[ \t]*include[ \t]+"([^"]+)"/gm;

/** Finds the modules that a TypeScript file imports or re-exports, in the order of their lines. */
export function findImports(text: string): readonly Reference[] {
  return [
    ...findAll(text, fromStatement, (match) => (onlyTypes.test(match) ? 'never' : 'with')),
    ...findAll(text, bareImport),
    ...findAll(text, dynamicImport, () => 'later'),
  ].sort((a, b) => a.line - b.line);
}

/** Finds the headers that a C or C++ file includes in quotes. */
export function findIncludes(text: string): readonly Reference[] {
  return findAll(text, include);
}

/** Resolves a relative module name against the file that imports it, to a path in the checkout. */
export function resolveRelative(fromPath: string, target: string): string {
  return posix.normalize(posix.join(posix.dirname(fromPath), target));
}

function findAll(
  text: string,
  pattern: RegExp,
  loads: (match: string) => Reference['loads'] = () => 'with',
): readonly Reference[] {
  return [...text.matchAll(pattern)].map((match) => {
    const end = match.index + match[0].length;
    const line = text.slice(0, end).split('\n').length;
    return { target: match[1] ?? '', line, loads: loads(match[0]) };
  });
}
