// SPDX-License-Identifier: Apache-2.0
// A generated tree of C sources, with many headers as real ones have, and what is done with such
// trees: unpacking and compiling one, cloning and checking one out.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runScript, type Workload } from './workload.ts';

const moduleCount = 60;
const headersPerModule = 6;

function writeModule(directory: string, index: number): void {
  const home = join(directory, `module${index}`);
  mkdirSync(home, { recursive: true });
  const names = Array.from({ length: headersPerModule }, (_, at) => `part_${index}_${at}.h`);
  for (const [at, name] of names.entries()) {
    const body = `static inline int part_${index}_${at}(int x) { return x * ${at + 1}; }\n`;
    writeFileSync(join(home, name), `#pragma once\n${body}`);
  }
  const includes = ['<stdio.h>', '<stdlib.h>', '<string.h>', '<unistd.h>', '<sys/stat.h>'];
  const own = names.map((name) => `"${name}"`);
  const calls = names.map((_, at) => `part_${index}_${at}(x)`).join(' + ');
  const lines = [...includes, ...own].map((name) => `#include ${name}\n`).join('');
  writeFileSync(
    join(home, 'main.c'),
    `${lines}int module_${index}(int x) { return ${calls}; }\n${'/* filler */\n'.repeat(40)}`,
  );
}

function writeTree(directory: string): void {
  for (let index = 0; index < moduleCount; index += 1) writeModule(directory, index);
  const calls = Array.from({ length: moduleCount }, (_, index) => index);
  const declarations = calls.map((index) => `int module_${index}(int);\n`).join('');
  const sum = calls.map((index) => `module_${index}(1)`).join(' + ');
  writeFileSync(
    join(directory, 'main.c'),
    `${declarations}int main(void) { return (${sum}) & 1; }\n`,
  );
  writeFileSync(
    join(directory, 'Makefile'),
    [
      'SOURCES := main.c $(wildcard module*/main.c)',
      'OBJECTS := $(SOURCES:.c=.o)',
      'program: $(OBJECTS)\n\tclang -o $@ $(OBJECTS)',
      '%.o: %.c\n\tclang -O1 -c -o $@ $<',
      'clean:\n\trm -f $(OBJECTS) program\n',
    ].join('\n'),
  );
}

export function makeCompileWorkload(directory: string): Workload {
  return {
    name: 'compile',
    prepare: async () => {
      const source = join(directory, 'source');
      const archive = join(directory, 'source.tar.gz');
      const target = join(directory, 'unpacked');
      writeTree(source);
      await run('tar', ['-C', source, '-czf', archive, '.']);
      mkdirSync(target);
      return {
        run: async () => {
          await run('tar', ['-C', target, '-xzf', archive]);
          await run('make', ['-s', '-C', target, '-j2', 'program']);
          await run('make', ['-s', '-C', target, 'clean']);
        },
        clean: () => {
          for (const path of [source, archive, target]) rmSync(path, { recursive: true });
          return Promise.resolve();
        },
      };
    },
  };
}

const commitScript = `
cd "$1"
git init -q -b main .
git config user.name bench; git config user.email bench@localhost
git add . && git commit -q -m first
for file in */main.c; do echo '/* changed */' >>"$file"; done
git checkout -q -b other && git commit -q -a -m second && git checkout -q main
`;

const cloneScript = `
git clone -q --no-hardlinks "$1" "$2"
cd "$2"
git checkout -q other; git checkout -q main; git status --short; git gc -q
`;

export function makeGitWorkload(directory: string): Workload {
  return {
    name: 'git',
    prepare: async () => {
      const origin = join(directory, 'origin');
      const clone = join(directory, 'clone');
      writeTree(origin);
      await runScript(commitScript, [origin]);
      return {
        run: async () => void (await runScript(cloneScript, [origin, clone])),
        clean: () => {
          for (const path of [origin, clone]) rmSync(path, { recursive: true });
          return Promise.resolve();
        },
      };
    },
  };
}
