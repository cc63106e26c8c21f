// SPDX-License-Identifier: Apache-2.0
// `npm test`: the checks, then every test in tests/. What touches the kernel runs one file at a
// time, since its events and the load are the whole machine's; the rest runs side by side. Virtual
// machines take what is left of the processors meanwhile, and are told of at the end.
// The exit status is 1 if anything failed; the rest still runs, so that one run shows everything.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { listTests, nodeTest } from './program.ts';
import { type Command, runCommand, SetupError } from './setup/command.ts';
import { findMissingPackages, installPackages } from './setup/debian-packages.ts';
import { rootDirectory } from './setup/paths.ts';

type Group = {
  readonly title: string;
  readonly command: Command;
  /** Runs beside the others, and shows what it said when it has ended. */
  readonly inBackground: boolean;
};

type Result = { readonly title: string; readonly ok: boolean; readonly durationMs: number };

/** None may hang the run for good. */
const limits = { fileTimeoutMs: 20 * 60_000, timeoutMs: 30 * 60_000 };
/** Machines end by themselves before; two run at a time. */
const machineLimits = { fileTimeoutMs: 72 * 60_000, timeoutMs: 74 * 60_000 };

const folders = { serial: 'tests/kernel/', machines: 'tests/vm/' } as const;

/** So much nicer than everything else: it waits for nobody. */
const niceness = '10';

function listGroups(): readonly Group[] {
  const files = listTests(['tests/**/*.test.ts']);
  const isIn = (folder: string) => (path: string) => path.startsWith(folder);
  const serial = files.filter(isIn(folders.serial));
  const machines = files.filter(isIn(folders.machines));
  const others = files.filter((path) => !serial.includes(path) && !machines.includes(path));
  const check: Command = {
    program: process.execPath,
    args: [join(rootDirectory, 'tools', 'check.ts')],
    directory: rootDirectory,
  };
  const concurrency = availableParallelism();
  const ofMachines = nodeTest({ files: machines, concurrency, ...machineLimits });
  return [
    { title: 'machines', command: makeNice(ofMachines), inBackground: true },
    { title: 'check', command: check, inBackground: false },
    {
      title: 'kernel',
      command: nodeTest({ files: serial, concurrency: 1, ...limits }),
      inBackground: false,
    },
    {
      title: 'others',
      command: nodeTest({ files: others, concurrency, ...limits }),
      inBackground: false,
    },
  ];
}

function makeNice(command: Command): Command {
  return { ...command, program: 'nice', args: ['-n', niceness, command.program, ...command.args] };
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

/** Runs a command; what it said comes back, to be shown when nothing else says anything. */
async function runQuietly(command: Command): Promise<{ ok: boolean; output: string }> {
  const { status, output } = await runCommand(command);
  return { ok: status === 0, output };
}

async function runGroup({ title, command }: Group): Promise<Result> {
  console.log(`\ntest: ${title} …`);
  const startedMs = performance.now();
  const ok = await runVisibly(command);
  return { title, ok, durationMs: performance.now() - startedMs };
}

/** Starts a group; the function that is returned waits for its end and shows it. */
function startGroup({ title, command }: Group): () => Promise<Result> {
  console.log(`\ntest: ${title}, beside the others …`);
  const startedMs = performance.now();
  const run = runQuietly(command).then(({ ok, output }) => ({
    result: { title, ok, durationMs: performance.now() - startedMs },
    output,
  }));
  return async () => {
    console.log(`\ntest: ${title}, whose output follows …`);
    const { result, output } = await run;
    process.stdout.write(output);
    return result;
  };
}

/** Runs all groups: one after the other what is in the foreground, then the rest is waited for. */
async function runGroups(groups: readonly Group[]): Promise<readonly Result[]> {
  const ends = groups.filter(({ inBackground }) => inBackground).map(startGroup);
  const results: Result[] = [];
  for (const group of groups.filter(({ inBackground }) => !inBackground)) {
    results.push(await runGroup(group));
  }
  for (const end of ends) results.push(await end());
  return results;
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
  const results = await runGroups(listGroups());
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
