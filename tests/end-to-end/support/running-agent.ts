// SPDX-License-Identifier: Apache-2.0
// An agent that runs while a test does something. Its lines are taken as they come; a test waits
// for what it expects and never for a time. Whatever happens, the agent ends with the test.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Alert } from './alert.ts';
import { childTimeoutMs, getEnvironment } from './child.ts';
import { fimbulPath } from './fimbul.ts';

/** Ends an agent whose test was killed. */
const lifetime = '15m';

export type AgentOptions = {
  /** The command with its form of output; JSON from the daemon when it is left out. */
  readonly command?: readonly string[];
  readonly policy: string;
  /** More options of `fimbul agent`. */
  readonly args?: readonly string[];
  /** Words before the command, such as `taskset -c 0`. */
  readonly prefix?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes each line in place of `alerts`: where there are too many to keep, or text. */
  readonly takeLine?: (line: string) => void;
};

export type AgentEnd = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
};

export class RunningAgent implements AsyncDisposable {
  /** Every line so far. */
  readonly alerts: Alert[] = [];
  readonly #child: ChildProcess;
  readonly #takeLine: (line: string) => void;
  readonly #end: Promise<AgentEnd>;
  readonly #watchers = new Set<() => void>();
  #stderr = '';
  #rest = '';
  #ended = false;

  private constructor(options: AgentOptions) {
    const { command = ['agent', '--output', 'json'], args = [], prefix = [], takeLine } = options;
    const agent = [...command, '--policy', options.policy, '--duration', lifetime, ...args];
    const [program = '', ...words] = [...prefix, fimbulPath, ...agent];
    this.#child = spawn(program, words, {
      env: getEnvironment(options.environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#takeLine = takeLine ?? ((line) => void this.alerts.push(JSON.parse(line) as Alert));
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#takeText(text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#wake();
    });
    this.#end = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (status, signal) => {
        this.#ended = true;
        this.#wake();
        resolve({ status, signal, stderr: this.#stderr });
      });
    });
  }

  /** Starts an agent and waits until it says that it is ready. */
  static async start(options: AgentOptions): Promise<RunningAgent> {
    const agent = new RunningAgent(options);
    try {
      await agent.waitFor('the agent to be ready', () => /^fimbul: ready/m.test(agent.stderr));
    } catch (error) {
      await agent[Symbol.asyncDispose]();
      throw error;
    }
    return agent;
  }

  /** What it said on standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The process id that it tells, which is its own whatever stood before the command. */
  get pid(): number {
    const pid = /^fimbul: ready.* pid (\d+)$/m.exec(this.#stderr)?.[1];
    if (pid === undefined) throw new Error(`no process id in: ${this.#stderr}`);
    return Number(pid);
  }

  /** Stops or goes on reading its alerts. */
  setReading(reading: boolean): void {
    if (reading) this.#child.stdout?.resume();
    else this.#child.stdout?.pause();
  }

  /** Closes our end of its standard output. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits until the condition holds, looking whenever the agent said something. */
  async waitFor(what: string, condition: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(childTimeoutMs);
    while (!condition()) {
      if (this.#ended || deadline.aborted) {
        const why = deadline.aborted ? `in ${childTimeoutMs} ms` : 'before the agent ended';
        throw new Error(`no sign of ${what} ${why}; ${this.alerts.length} lines; ${this.#stderr}`);
      }
      await this.#nextWord(deadline);
    }
  }

  /** Waits for an alert and returns it. */
  async waitForAlert(what: string, matches: (alert: Alert) => boolean): Promise<Alert> {
    await this.waitFor(what, () => this.alerts.some(matches));
    const found = this.alerts.find(matches);
    if (found === undefined) throw new Error(`${what} has gone`);
    return found;
  }

  /** Sends a signal, to the agent alone, and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<AgentEnd> {
    if (!this.#ended) process.kill(this.pid, signal);
    return this.waitForEnd();
  }

  /** Waits until it ended by itself. */
  async waitForEnd(): Promise<AgentEnd> {
    const end = await this.#end;
    if (this.#rest !== '') throw new Error(`the last line is not whole: ${this.#rest}`);
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#end;
  }

  #takeText(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#takeLine(line);
    this.#wake();
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #nextWord(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#watchers.delete(done);
        deadline.removeEventListener('abort', done);
        resolve();
      };
      this.#watchers.add(done);
      deadline.addEventListener('abort', done);
    });
  }
}
