// SPDX-License-Identifier: Apache-2.0
// Compiles a BPF program of the tests, from packages/probe/native/testdata.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const testdata = fileURLToPath(new URL('../../native/testdata', import.meta.url));
const libbpfHeaders = fileURLToPath(new URL('../../../../build/libbpf/include', import.meta.url));

const headerFolders: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

/** Compiles `NAME.bpf.c`; about a tenth of a second. */
export function compileTestProgram(name: string): Uint8Array {
  const folder = headerFolders[process.arch];
  assert.ok(folder, `the test programs do not compile on ${process.arch}`);
  const directory = mkdtempSync(join(tmpdir(), `fimbul-${name}-`));
  try {
    const object = join(directory, `${name}.bpf.o`);
    const includes = ['-isystem', libbpfHeaders, '-idirafter', `/usr/include/${folder}`];
    const warnings = ['-Wall', '-Wextra', '-Werror'];
    const args = ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', ...warnings, ...includes];
    execFileSync('clang', [...args, '-c', '-o', object, join(testdata, `${name}.bpf.c`)]);
    return new Uint8Array(readFileSync(object));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
