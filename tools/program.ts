// SPDX-License-Identifier: Apache-2.0
// The programs that checks and formatting call, with the files they work on.

import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './setup/command.ts';
import { rootDirectory } from './setup/paths.ts';

/** Biome: the platform's own binary, so that no launcher has to find it. */
export function biome(args: readonly string[]): Command {
  const binary = `node_modules/@biomejs/cli-linux-${process.arch}/biome`;
  return { program: join(rootDirectory, binary), args, directory: rootDirectory };
}

/** clang-format over everything that is C or C++ and written by hand. */
export function clangFormat(args: readonly string[]): Command {
  const files = globSync(['bpf/**/*.{c,h}', 'packages/*/native/**/*.{c,cc,h}', 'tests/**/*.c'], {
    cwd: rootDirectory,
    exclude: (path) => path.includes('.gen.'),
  }).sort();
  return { program: 'clang-format', args: [...args, ...files], directory: rootDirectory };
}

/** The TypeScript compiler, which only checks here. */
export function tsc(): Command {
  const script = join(rootDirectory, 'node_modules', 'typescript', 'bin', 'tsc');
  return { program: process.execPath, args: [script, '--noEmit'], directory: rootDirectory };
}

/** Node's test runner over some files. */
export function nodeTest(files: readonly string[], concurrency: number): Command {
  return {
    program: process.execPath,
    args: ['--test', `--test-concurrency=${concurrency}`, '--test-reporter=spec', ...files],
    directory: rootDirectory,
  };
}

/** Lists test files below some folders. */
export function listTests(patterns: readonly string[]): readonly string[] {
  return globSync([...patterns], {
    cwd: rootDirectory,
    exclude: (path) => path.includes('node_modules'),
  }).sort();
}
