// SPDX-License-Identifier: Apache-2.0
// What watches files on a host, this agent or another tool, as a benchmark sees it: it is started
// on a directory, asked what it made of a change, and stopped.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

export type Evidence = {
  /** What it told about the file, shortened; null when nothing. */
  readonly told: string | null;
  /** Whether it named the program that did it. */
  readonly namesProcess: boolean;
};

export type Running = {
  /** The process whose time is its cost; null for none. */
  readonly pid: number | null;
  /** What it has told by now about a file that a program changed. */
  readonly ask: (path: string, program: string) => Promise<Evidence>;
  readonly stop: () => Promise<void>;
};

export type Contender = {
  readonly name: string;
  readonly start: (watched: string) => Promise<Running>;
};

const toldMax = 160;

/** Whether a line names this file, and not one whose name only begins like it. */
export function namesFile(line: string, path: string): boolean {
  const at = line.indexOf(path);
  return at !== -1 && !/^[\w.-]/.test(line.slice(at + path.length));
}

const patienceMs = 10_000;
const lookMs = 250;

/** Asks again until the program is named, or until there is no more to be expected. */
export async function waitForEvidence(look: () => Evidence): Promise<Evidence> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const evidence = look();
    if (evidence.namesProcess || performance.now() > end) return evidence;
    await setTimeout(lookMs);
  }
}

/** Finds the lines about a file, and the program in them. */
export function findEvidence(text: string, path: string, program: string): Evidence {
  const lines = text.split('\n').filter((line) => namesFile(line, path));
  const told = lines.at(-1)?.slice(0, toldMax) ?? null;
  return { told, namesProcess: lines.some((line) => line.includes(program)) };
}

/** A program that runs beside others, with what it says in a file. */
export class Daemon {
  readonly pid: number;
  readonly output: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, output: string) {
    this.#child = child;
    this.output = output;
    this.pid = child.pid ?? 0;
  }

  /** Starts it, and waits until it says `ready`, or some time where it says nothing. */
  static async start(
    command: readonly [string, ...string[]],
    output: string,
    ready: string | number,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Daemon> {
    const [program, ...args] = command;
    const file = openSync(output, 'w');
    const env = { ...process.env, ...environment };
    const child = spawn(program, args, { stdio: ['ignore', file, file], env });
    closeSync(file);
    const daemon = new Daemon(child, output);
    const failed = once(child, 'error').then(([error]) => Promise.reject(error));
    failed.catch(() => {});
    await Promise.race([daemon.#waitUntil(ready), failed]);
    return daemon;
  }

  read(): string {
    return readFileSync(this.output, 'latin1');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await closed;
  }

  async #waitUntil(ready: string | number): Promise<void> {
    if (typeof ready === 'number') await setTimeout(ready);
    for (let tries = 0; tries < 200; tries += 1) {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.read().trim()}`);
      if (typeof ready === 'number' || this.read().includes(ready)) return;
      await setTimeout(50);
    }
    throw new Error(`it does not get ready: ${this.read().trim()}`);
  }
}
