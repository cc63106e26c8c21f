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

export type TestRun = {
  readonly files: readonly string[];
  /** How many files run side by side. */
  readonly concurrency: number;
  /** After this long a file has failed that waits for something that does not come. */
  readonly fileTimeoutMs: number;
  /** After this long everything ends; the runner then names the files that were running. */
  readonly timeoutMs: number;
};

/** Node's test runner over some files. */
export function nodeTest({ files, concurrency, fileTimeoutMs, timeoutMs }: TestRun): Command {
  const limits = [`--test-concurrency=${concurrency}`, `--test-timeout=${fileTimeoutMs}`];
  return {
    program: process.execPath,
    args: ['--test', ...limits, '--test-reporter=spec', ...files],
    timeoutMs,
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
