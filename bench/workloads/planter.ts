// SPDX-License-Identifier: Apache-2.0
// The process that plants changes, and what it says it has planted.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A change that a rule must match, with the path that it must tell. */
export type Planted = { readonly rule: string; readonly path: string };

export class Planter {
  readonly #child: ChildProcess;
  #output = '';

  private constructor(directory: string, seed: number) {
    const program = join(import.meta.dirname, 'plant-in-child.ts');
    this.#child = spawn(process.execPath, [program, directory, String(seed)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.#output += chunk;
    });
  }

  /** Starts one and waits until it has planted something. */
  static async start(directory: string, seed: number): Promise<Planter> {
    const planter = new Planter(directory, seed);
    const { stdout } = planter.#child;
    if (stdout) await Promise.race([once(stdout, 'data'), once(planter.#child, 'exit')]);
    return planter;
  }

  /** Ends it in order, and returns what it planted. */
  async end(): Promise<readonly Planted[]> {
    const closed = once(this.#child, 'close');
    this.#child.stdin?.end();
    const [status] = await closed;
    if (status !== 0) throw new Error(`the planter ended with ${status}`);
    return this.#output
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Planted => JSON.parse(line));
  }
}
