// SPDX-License-Identifier: Apache-2.0
// `npm run vm -- 6.1 COMMAND…`: runs a command of this checkout under one of Debian's kernels, or
// with --all under each. The command's output is ours, and so is its exit status; everything else
// that is said goes to stderr.

import { join, resolve } from 'node:path';
import { SetupError } from './setup/command.ts';
import { findMissingPackages, installPackages } from './setup/debian-packages.ts';
import { buildDirectory } from './setup/paths.ts';
import { describeOutcome, type GuestOutcome, type GuestOutput, runGuest } from './vm/guest-run.ts';
import { obtainKernel } from './vm/kernel-fetch.ts';
import type { KernelSeries } from './vm/kernel-series.ts';
import { LineSplitter } from './vm/line-splitter.ts';
import { parseVmArguments, usage, type VmRequest } from './vm/vm-arguments.ts';

const exitStatus = { timedOut: 124, noMachine: 125, aborted: 130 } as const;

type VmRun = Extract<VmRequest, { kind: 'run' }>;

type Result = {
  readonly series: KernelSeries;
  readonly status: number;
  readonly durationMs: number;
  /** What went wrong with the machine, when it was not the command that failed. */
  readonly trouble?: string;
};

async function ensurePackages(): Promise<void> {
  const missing = await findMissingPackages(['test']);
  if (missing.length === 0) return;
  console.error(`vm: installing ${missing.join(', ')} …`);
  await installPackages(missing);
}

/** Runs the command under one kernel. What fails about the machine is part of the result. */
async function runSeries(
  request: VmRun,
  series: KernelSeries,
  signal: AbortSignal,
): Promise<Result> {
  const { options, command } = request;
  const startedMs = performance.now();
  const finish = (status: number, trouble?: string): Result => {
    const durationMs = performance.now() - startedMs;
    return { series, status, durationMs, ...(trouble === undefined ? {} : { trouble }) };
  };
  try {
    const kernel = await obtainKernel(series, {
      refresh: options.refresh,
      report: (line) => console.error(`vm: ${series.name}: ${line}`),
    });
    if (command.length === 0) return finish(0);
    const results = resolve(options.results ?? join(buildDirectory, 'vm', series.name));
    const isOnly = request.series.length === 1;
    const spec = {
      ...options,
      kernel,
      command,
      results: isOnly || options.results === undefined ? results : join(results, series.name),
    };
    const { output, flush } = chooseOutput(request, series);
    const outcome = await runGuest(spec, output, signal);
    flush();
    if (outcome.kind === 'exited') return finish(outcome.status);
    return finish(getStatus(outcome.kind), describeOutcome(outcome));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return finish(exitStatus.noMachine, error.message);
  }
}

function getStatus(kind: Exclude<GuestOutcome['kind'], 'exited'>): number {
  switch (kind) {
    case 'timed-out':
      return exitStatus.timedOut;
    case 'aborted':
      return exitStatus.aborted;
    case 'stopped':
    case 'not-started':
      return exitStatus.noMachine;
  }
}

/** One machine's output passes as it is; of several, every line says whose it is. */
function chooseOutput(
  request: VmRun,
  series: KernelSeries,
): { readonly output: GuestOutput; readonly flush: () => void } {
  const print = (stream: NodeJS.WriteStream) =>
    new LineSplitter((line) => stream.write(`${series.name.padEnd(4)} | ${line}\n`));
  const out = print(process.stdout);
  const error = print(process.stderr);
  const isOnly = request.series.length === 1;
  const output: GuestOutput = isOnly
    ? {
        out: (chunk) => process.stdout.write(chunk),
        error: (chunk) => process.stderr.write(chunk),
      }
    : { out: (chunk) => out.write(chunk), error: (chunk) => error.write(chunk) };
  const showConsole = { console: (chunk: Buffer) => void process.stderr.write(chunk) };
  return {
    output: request.options.showConsole ? { ...output, ...showConsole } : output,
    flush: () => {
      out.end();
      error.end();
    },
  };
}

/** Runs all kernels that were asked for, some side by side, and lets all of them end. */
async function runAll(request: VmRun, signal: AbortSignal): Promise<readonly Result[]> {
  const queue = [...request.series];
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    for (let series = queue.shift(); series !== undefined; series = queue.shift()) {
      if (signal.aborted) return;
      const result = await runSeries(request, series, signal);
      if (result.trouble !== undefined) console.error(`vm: ${series.name}: ${result.trouble}`);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: request.options.jobs }, work));
  return request.series.flatMap((series) => results.filter((r) => r.series === series));
}

async function main(): Promise<number> {
  const request = parseVmArguments(process.argv.slice(2));
  if (request.kind === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (request.kind === 'invalid') {
    console.error(`vm: ${request.message}\n\n${usage}`);
    return exitStatus.noMachine;
  }
  if (process.arch !== 'x64') {
    console.error(
      `vm: the machines are x86-64, and use the programs of this host (${process.arch})`,
    );
    return exitStatus.noMachine;
  }
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => abort.abort());
  }
  await ensurePackages();
  const results = await runAll(request, abort.signal);
  if (results.length > 1) {
    for (const { series, status, durationMs } of results) {
      const seconds = (durationMs / 1000).toFixed(1);
      console.error(`vm: ${series.name.padEnd(4)}  exit status ${status}  (${seconds} s)`);
    }
  }
  if (abort.signal.aborted) return exitStatus.aborted;
  return results.find(({ status }) => status !== 0)?.status ?? 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`vm: ${error.message}`);
  process.exitCode = exitStatus.noMachine;
}
