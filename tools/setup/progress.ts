// SPDX-License-Identifier: Apache-2.0
// The progress of set-up on stderr, a line when a step starts and a line when it ends. Steps run
// side by side, so each line says which step it is about.

import { SetupError } from './command.ts';

export class Progress {
  readonly #stepCount: number;
  readonly #startedMs = performance.now();
  #hasRun = false;

  constructor(stepCount: number) {
    this.#stepCount = stepCount;
  }

  /** Whether any step had something to do. */
  get hasRun(): boolean {
    return this.#hasRun;
  }

  get elapsed(): string {
    return formatSeconds(performance.now() - this.#startedMs);
  }

  /** Runs the work of one step. A failure's message gets the step's name. */
  async run(step: number, title: string, what: string, work: () => Promise<void>): Promise<void> {
    const label = `[${step}/${this.#stepCount}] ${title}`;
    const startedMs = performance.now();
    this.#hasRun = true;
    console.error(`${label}: ${what} …`);
    try {
      await work();
    } catch (error) {
      console.error(`${label}: failed`);
      if (error instanceof SetupError) throw new SetupError(`${label}: ${error.message}`);
      throw error;
    }
    console.error(`${label}: done in ${formatSeconds(performance.now() - startedMs)}`);
  }
}

function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
