// SPDX-License-Identifier: Apache-2.0
// The agent as hosts run it, in a process of its own: started, watched from outside, and ended in
// order so that it tells its counters.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { rootDirectory } from '@fimbul/config';
import { type DrainCounters, parseDrainText } from './drain-text.ts';

export type AgentProcessOptions = {
  /** Policies; without any, those of the agent. */
  readonly policies?: readonly string[];
  /** Its configuration; that of the host without one. */
  readonly config?: string;
  /** The only processor it may run on. */
  readonly cpu?: number;
  /** Where its alerts go; nowhere without one. */
  readonly alertsTo?: string;
};

const startMsMax = 60_000;

export class AgentProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #readErrors: () => string;

  private constructor(child: ChildProcess, readErrors: () => string) {
    this.#child = child;
    this.#readErrors = readErrors;
    // The command becomes the agent, and so does taskset: they share one id.
    this.pid = child.pid ?? 0;
  }

  /** Starts an agent and waits until it is ready. */
  static async start(options: AgentProcessOptions = {}): Promise<AgentProcess> {
    const { policies = [], config, cpu, alertsTo } = options;
    const agent = [join(rootDirectory, 'bin/fimbul'), 'agent', '--output', 'json'];
    const configured = config === undefined ? [] : ['--config', config];
    const args = [...agent, ...configured, ...policies.flatMap((path) => ['--policy', path])];
    const command = cpu === undefined ? args : ['taskset', '-c', String(cpu), ...args];
    const output = alertsTo === undefined ? 'ignore' : openSync(alertsTo, 'w');
    const [program = '', ...rest] = command;
    const child = spawn(program, rest, { stdio: ['ignore', output, 'pipe'] });
    let errors = '';
    const isReady = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the agent is not ready')), startMsMax);
      child.once('exit', () => reject(new Error(`the agent did not start: ${errors}`)));
      child.once('error', reject);
      child.stderr?.on('data', (chunk) => {
        errors += chunk;
        if (!errors.includes('fimbul: ready')) return;
        clearTimeout(timer);
        resolve();
      });
    });
    try {
      await isReady;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return new AgentProcess(child, () => errors);
  }

  /** Ends it, and returns what it counted. */
  async stop(): Promise<DrainCounters> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const [status] = await closed;
    if (status !== 0) throw new Error(`the agent ended with ${status}: ${this.#readErrors()}`);
    return parseDrainText(this.#readErrors());
  }
}
