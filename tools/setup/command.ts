// SPDX-License-Identifier: Apache-2.0
// Runs other programs for set-up. All of their output goes to a log file; who looks at set-up sees
// one line, and on failure the last lines of that log, where it is, and what to do.

import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logDirectory } from './paths.ts';

const tailLinesMax = 15;

export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  /** What the command does, for messages; without it, its first words. */
  readonly title?: string;
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** After this long the program is told to end (SIGTERM). */
  readonly timeoutMs?: number;
};

export type CommandResult = { readonly status: number; readonly output: string };

/** A failure that a person can act on. Its message is all there is to show: no stack trace. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** Runs a command to its end and returns its exit status and output. Never throws on failure. */
export function runCommand(command: Command): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command.program, command.args, {
      cwd: command.directory,
      env: { ...process.env, ...command.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: command.timeoutMs,
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ status: 127, output: `${error.message}\n` }));
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString('utf8');
      if (signal === null) resolve({ status: code ?? 1, output });
      else resolve({ status: 128, output: `${output}ended by ${signal}\n` });
    });
  });
}

/** A log that several commands of one step write to, one after the other. */
export class StepLog {
  readonly path: string;

  constructor(name: string) {
    mkdirSync(logDirectory, { recursive: true });
    this.path = join(logDirectory, `${name}.log`);
    writeFileSync(this.path, '');
  }

  /** Runs a command and returns its output; throws a `SetupError` with `advice` if it fails. */
  async run(command: Command, advice: string): Promise<string> {
    const result = await this.tryRun(command);
    if (result.status !== 0) throw this.failure(command, result.status, advice);
    return result.output;
  }

  /** Runs a command whose failure the caller decides about. */
  async tryRun(command: Command): Promise<CommandResult> {
    const result = await runCommand(command);
    const words = [command.program, ...command.args].join(' ');
    appendFileSync(this.path, `$ ${words}\n${result.output}`);
    return result;
  }

  /** Builds the error that shows the end of this log. */
  failure(command: Command, status: number, advice: string): SetupError {
    const lines = readFileSync(this.path, 'utf8').trimEnd().split('\n');
    const shown = lines
      .filter((line) => !line.startsWith('$ '))
      .slice(-tailLinesMax)
      .map((line) => `  ${line}`)
      .join('\n');
    return new SetupError(
      `${describe(command)}: exit status ${status}\n${shown}\n` +
        `the whole log: ${this.path}\nwhat to do: ${advice}`,
    );
  }
}

function describe(command: Command): string {
  if (command.title !== undefined) return command.title;
  const words = [command.program, ...command.args].join(' ');
  return words.length <= 80 ? words : `${words.slice(0, 80)} …`;
}
