// SPDX-License-Identifier: Apache-2.0
// A recorder that runs while a test does something. Whatever happens, it ends with the test.

import { type ChildProcess, spawn } from 'node:child_process';
import { childTimeoutMs, getEnvironment } from './child.ts';
import { fimbulPath } from './fimbul.ts';

/** Ends a recorder whose test was killed. */
const lifetime = '15m';

export type RecorderEnd = { readonly status: number | null; readonly stderr: string };

export class RecorderRun implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #end: Promise<RecorderEnd>;
  #stderr = '';
  #ended = false;

  private constructor(args: readonly string[]) {
    this.#child = spawn(fimbulPath, ['record', '--duration', lifetime, ...args], {
      env: getEnvironment(),
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#end = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (status) => {
        this.#ended = true;
        resolve({ status, stderr: this.#stderr });
      });
    });
  }

  /** Starts a recorder and waits until it says that it is ready. */
  static async start(args: readonly string[]): Promise<RecorderRun> {
    const recorder = new RecorderRun(args);
    const deadline = AbortSignal.timeout(childTimeoutMs);
    while (!/^fimbul: ready: recording .*; pid \d+$/m.test(recorder.#stderr)) {
      if (recorder.#ended || deadline.aborted) {
        await recorder[Symbol.asyncDispose]();
        throw new Error(`the recorder did not become ready: ${recorder.#stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return recorder;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Waits until it ended by itself. */
  waitForEnd(): Promise<RecorderEnd> {
    return this.#end;
  }

  /** Sends a signal and waits for its end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<RecorderEnd> {
    this.#child.kill(signal);
    return this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#end;
  }
}
