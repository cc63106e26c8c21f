// SPDX-License-Identifier: Apache-2.0
// `npm test`: the checks, then every test in tests/. What touches the kernel runs one file at a
// time, since its events and the load are the whole machine's; the rest runs side by side.
// The exit status is 1 if anything failed; the rest still runs, so that one run shows everything.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { listTests, nodeTest } from './program.ts';
import { type Command, SetupError } from './setup/command.ts';
import { findMissingPackages, installPackages } from './setup/debian-packages.ts';
import { rootDirectory } from './setup/paths.ts';

type Group = { readonly title: string; readonly command: Command };

type Result = { readonly title: string; readonly ok: boolean; readonly durationMs: number };

/** A file may boot virtual machines under emulation; none may hang the run for good. */
const limits = { fileTimeoutMs: 20 * 60_000, timeoutMs: 45 * 60_000 };

const serialFolder = 'tests/kernel/';

function listGroups(): readonly Group[] {
  const files = listTests(['tests/**/*.test.ts']);
  const isSerial = (path: string): boolean => path.startsWith(serialFolder);
  const check: Command = {
    program: process.execPath,
    args: [join(rootDirectory, 'tools', 'check.ts')],
    directory: rootDirectory,
  };
  const groups = [
    { title: 'kernel', files: files.filter(isSerial), concurrency: 1 },
    {
      title: 'others',
      files: files.filter((path) => !isSerial(path)),
      concurrency: availableParallelism(),
    },
  ];
  return [
    { title: 'check', command: check },
    ...groups
      .filter((group) => group.files.length > 0)
      .map(({ title, files, concurrency }) => ({
        title,
        command: nodeTest({ files, concurrency, ...limits }),
      })),
  ];
}

/** Runs a command with its output going where ours goes, so that progress shows as it happens. */
function runVisibly(command: Command): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command.program, command.args, {
      cwd: command.directory,
      env: { ...process.env, ...command.environment },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: command.timeoutMs,
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
}

async function runGroup({ title, command }: Group): Promise<Result> {
  console.log(`\ntest: ${title} …`);
  const startedMs = performance.now();
  const ok = await runVisibly(command);
  return { title, ok, durationMs: performance.now() - startedMs };
}

/** Installs what only tests need. */
async function ensurePackages(): Promise<void> {
  const missing = await findMissingPackages(['check', 'test']);
  if (missing.length === 0) return;
  console.log(`test: installing ${missing.join(', ')} …`);
  await installPackages(missing);
}

try {
  await ensurePackages();
  const results: Result[] = [];
  for (const group of listGroups()) results.push(await runGroup(group));
  console.log('');
  for (const { title, ok, durationMs } of results) {
    console.log(`test: ${title}: ${ok ? 'ok' : 'FAILED'} (${(durationMs / 1000).toFixed(1)} s)`);
  }
  const failed = results.filter(({ ok }) => !ok);
  console.log(failed.length === 0 ? 'test: all ok' : `test: FAILED: ${failed.map((r) => r.title)}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
