// SPDX-License-Identifier: Apache-2.0
// Compiles every bpf/hooks/*.bpf.c into build/bpf/*.bpf.o, then drops DWARF. BTF stays: it is what
// lets one object run on every kernel (CO-RE). Any header below bpf/ counts as an input of all.

import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError, StepLog } from './command.ts';
import { getLibbpfKey, libbpfIncludeDirectory } from './libbpf.ts';
import { buildDirectory, rootDirectory } from './paths.ts';
import { runPool } from './pool.ts';
import { computeKey, forget, isCurrent, listFiles, remember } from './stamp.ts';

const bpfDirectory = join(rootDirectory, 'bpf');
const objectDirectory = join(buildDirectory, 'bpf');

/** What bpf_tracing.h calls this processor, and where Debian keeps its kernel headers. */
const architectures: Readonly<Record<string, { bpf: string; headers: string }>> = {
  x64: { bpf: 'x86', headers: 'x86_64-linux-gnu' },
  arm64: { bpf: 'arm64', headers: 'aarch64-linux-gnu' },
};

export type BpfObject = { readonly source: string; readonly object: string; readonly key: string };

/** Lists the objects to build with the keys that tell whether they are current. */
export function planBpfObjects(): readonly BpfObject[] {
  const headers = listFiles(bpfDirectory, '**/*.h');
  const parts = ['bpf 1', getLibbpfKey(), ...getCompileFlags()];
  return listFiles(join(bpfDirectory, 'hooks'), '*.bpf.c').map((source) => ({
    source,
    object: join(objectDirectory, `${basename(source, '.c')}.o`),
    key: computeKey({ inputs: [source, ...headers], parts }),
  }));
}

export function findStaleBpfObjects(plan: readonly BpfObject[]): readonly BpfObject[] {
  return plan.filter(({ object, key }) => !isCurrent(object, key));
}

/** Builds the objects; throws one `SetupError` with the compiler's words for all that fail. */
export async function buildBpfObjects(objects: readonly BpfObject[]): Promise<void> {
  mkdirSync(objectDirectory, { recursive: true });
  await runPool(objects, buildBpfObject);
}

async function buildBpfObject({ source, object, key }: BpfObject): Promise<void> {
  const log = new StepLog(`bpf-${basename(source)}`);
  const withDwarf = `${object}.dwarf`;
  const advice = `correct ${source} or what it includes`;
  forget(object);
  const args = [...getCompileFlags(), '-c', '-o', withDwarf, source];
  const title = `compile ${source}`;
  await log.run({ title, program: 'clang', args, directory: rootDirectory }, advice);
  // A linker of BPF objects has no use for DWARF and leaves it out.
  await log.run({ program: 'bpftool', args: ['gen', 'object', object, withDwarf] }, advice);
  rmSync(withDwarf);
  remember(object, key);
}

function getCompileFlags(): readonly string[] {
  const architecture = architectures[process.arch];
  if (architecture === undefined) throw new SetupError(`no BPF build for ${process.arch}`);
  return [
    ...['-target', 'bpf', '-mcpu=v3', '-O2', '-g', `-D__TARGET_ARCH_${architecture.bpf}`],
    // BPF_PROG gives every program a parameter `ctx`, and a hook's parameters come by position.
    ...['-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter'],
    ...['-I', 'bpf', '-isystem', libbpfIncludeDirectory],
    ...['-idirafter', `/usr/include/${architecture.headers}`],
  ];
}
