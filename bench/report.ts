// SPDX-License-Identifier: Apache-2.0
// One JSON line per figure, on stdout and in bench/results/. Where a clock is involved the figure
// is a ratio of rounds that alternate within one run: machines are shared, noise hits both sides.

import { appendFileSync, mkdirSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { join } from 'node:path';
import { rootDirectory } from '@fimbul/config';

export type Figure = {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly context: Readonly<Record<string, string | number>>;
};

const host = { kernel: release(), arch: arch(), cpus: cpus().length };
const directory = join(rootDirectory, 'bench/results');
const file = join(directory, `${new Date().toISOString().slice(0, 10)}.jsonl`);

/** Prints a figure and keeps it. */
export function report(figure: Figure): void {
  const { value, context } = figure;
  const rounded = Number(value.toPrecision(4));
  const line = JSON.stringify({ ...figure, value: rounded, context: { ...host, ...context } });
  mkdirSync(directory, { recursive: true });
  appendFileSync(file, `${line}\n`);
  process.stdout.write(`${line}\n`);
}

/** Returns the median of some numbers. */
export function getMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('no values');
  return middle;
}
