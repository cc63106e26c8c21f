// SPDX-License-Identifier: Apache-2.0
// Runs one command in one virtual machine, from power-on to power-off. Every way in which that can
// end is an outcome; nothing is thrown but what no caller can do anything about.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { readConsole } from './guest-console.ts';
import { GuestSession } from './guest-session.ts';
import { obtainInitramfs } from './initramfs.ts';
import type { CachedKernel } from './kernel-cache.ts';
import { buildQemuCommand, channel } from './qemu-command.ts';

export type GuestSpec = {
  readonly kernel: CachedKernel;
  readonly command: readonly string[];
  readonly bpfLsm: boolean;
  readonly append: string;
  readonly memory: string;
  /** Whether the guest's clock counts its instructions: what is timed there is then repeatable. */
  readonly instructionClock?: boolean;
  readonly diskBytes: number;
  readonly timeoutMs: number;
  /** The host's folder that the guest can write results to. */
  readonly results: string;
};

/** Gets the command's output as it comes. A returned promise holds the guest back. */
export type GuestOutput = {
  readonly out: (chunk: Buffer) => void;
  readonly error: (chunk: Buffer) => void;
  readonly console?: (chunk: Buffer) => void;
};

export type GuestOutcome =
  | { readonly kind: 'exited'; readonly status: number }
  /** The machine ended without the command's exit status: by itself, or because we ended it. */
  | {
      readonly kind: 'stopped' | 'timed-out' | 'aborted';
      readonly hasStarted: boolean;
      readonly console: string;
    }
  /** qemu itself failed; what it said. */
  | { readonly kind: 'not-started'; readonly diagnostics: string };

/** Runs a machine. Aborting ends it at once. */
export async function runGuest(
  spec: GuestSpec,
  output: GuestOutput,
  signal: AbortSignal,
): Promise<GuestOutcome> {
  mkdirSync(spec.results, { recursive: true });
  // Debian's kernels bring modules to a folder that a machine without a kernel lacks.
  mkdirSync('/lib/modules', { recursive: true });
  const initramfs = obtainInitramfs(spec.kernel);
  const session = await GuestSession.open(spec);
  try {
    const [program, args] = buildQemuCommand({
      kernel: join(spec.kernel.directory, 'kernel'),
      initramfs,
      lsmDefault: readLsmDefault(spec.kernel),
      bpfLsm: spec.bpfLsm,
      append: spec.append,
      memory: spec.memory,
      instructionClock: spec.instructionClock ?? false,
      disk: session.disk,
      session: session.directory,
      results: spec.results,
    });
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      signal: AbortSignal.any([signal, AbortSignal.timeout(spec.timeoutMs)]),
      killSignal: 'SIGKILL',
    });
    const outcome = await followGuest(child, output);
    return outcome.kind === 'timed-out' && signal.aborted
      ? { ...outcome, kind: 'aborted' }
      : outcome;
  } finally {
    session.close();
  }
}

async function followGuest(child: ChildProcess, output: GuestOutput): Promise<GuestOutcome> {
  const console = collect(child, channel.console, output.console);
  const diagnostics = collect(child, channel.diagnostics);
  const status = collect(child, channel.status);
  getStream(child, channel.out).on('data', output.out);
  getStream(child, channel.error).on('data', output.error);
  let wasEnded = false;
  const failure = await new Promise<string | undefined>((resolve) => {
    // An aborted child reports an error and then closes; one that cannot be run only the former.
    child.on('error', (error) => {
      wasEnded = error.name === 'AbortError';
      if (!wasEnded) resolve(error.message);
    });
    child.on('close', (code) => resolve(code === 0 ? undefined : diagnostics().trim()));
  });
  const { hasStarted, exit } = parseStatus(status());
  if (exit !== undefined) return { kind: 'exited', status: exit };
  if (wasEnded) return { kind: 'timed-out', hasStarted, console: console() };
  if (failure !== undefined) return { kind: 'not-started', diagnostics: failure };
  return { kind: 'stopped', hasStarted, console: console() };
}

type StatusReport = { readonly hasStarted: boolean; readonly exit?: number };

/** Reads what the guest said on its status port: `start`, then `exit N`. */
export function parseStatus(text: string): StatusReport {
  const hasStarted = /^start$/m.test(text);
  const exit = /^exit (\d+)\r?\n/m.exec(text)?.[1];
  return exit === undefined ? { hasStarted } : { hasStarted, exit: Number(exit) };
}

/** Says in a few lines how a run ended that did not end well; the last of the console included. */
export function describeOutcome(outcome: Exclude<GuestOutcome, { kind: 'exited' }>): string {
  if (outcome.kind === 'not-started') {
    return `qemu could not run the machine: ${outcome.diagnostics}`;
  }
  const when = outcome.hasStarted ? 'while the command ran' : 'before the command started';
  if (outcome.kind === 'aborted') return `the machine was ended ${when}`;
  const { reason, lines } = readConsole(outcome.console);
  const what = outcome.kind === 'timed-out' ? 'the time was up' : 'the guest stopped';
  const because = reason === undefined ? '' : `: ${reason}`;
  const shown = lines.map((line) => `  ${line}`).join('\n');
  return `${what} ${when}${because}\nits console said:\n${shown}`;
}

/** Keeps all that comes on a channel. */
function collect(
  child: ChildProcess,
  fd: number,
  also: (chunk: Buffer) => void = () => undefined,
): () => string {
  const chunks: Buffer[] = [];
  getStream(child, fd).on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    also(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function getStream(child: ChildProcess, fd: number): Readable {
  const stream = child.stdio[fd];
  if (stream === null || stream === undefined || !('read' in stream)) {
    throw new Error(`descriptor ${fd} of the child is no pipe`);
  }
  if (stream instanceof Socket) stream.on('error', () => undefined);
  return stream;
}

function readLsmDefault(kernel: CachedKernel): string {
  const config = join(kernel.directory, 'boot', `config-${kernel.release}`);
  return /^CONFIG_LSM="(.*)"$/m.exec(readFileSync(config, 'utf8'))?.[1] ?? '';
}
