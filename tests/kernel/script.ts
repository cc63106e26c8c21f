// SPDX-License-Identifier: Apache-2.0
// Steps into the script that the program `operate` reads (operations/script.c): a line for each
// step, and for each line the step it came from, since the program reports by line.

import { nothingMark } from './kernel-case.ts';
import type { Argument, Step } from './steps.ts';

export type Script = {
  readonly text: string;
  /** The step of each line; null for the end of a block. */
  readonly steps: readonly (Step | null)[];
};

/** Escapes what would end a word or a line of the script. */
function escapeBytes(bytes: string): string {
  return bytes.replaceAll(/[^A-Za-z0-9_./-]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

export type ScriptPlaces = {
  /** Absolute path of the directory of the case. */
  readonly directory: string;
  /** Absolute path of the program that does nothing. */
  readonly nothing: string;
};

function writeString(bytes: string, { nothing }: ScriptPlaces): string {
  return `s${escapeBytes(bytes.replaceAll(nothingMark, nothing))}`;
}

function writeArgument(argument: Argument, places: ScriptPlaces): string {
  if (argument === null) return 'i0';
  if (argument === 'own pid') return 'p';
  if (typeof argument === 'number') return `i${argument}`;
  if (typeof argument === 'string') return writeString(argument, places);
  if ('absolute' in argument)
    return writeString(`${places.directory}/${argument.absolute}`, places);
  if ('kept' in argument) return `$${argument.kept}`;
  if ('buffer' in argument) return `b${argument.buffer}`;
  return `w${argument.words.join(',')}`;
}

function writeLine(step: Step, places: ScriptPlaces): string {
  const write = (argument: Argument): string => writeArgument(argument, places);
  switch (step.do) {
    case 'call': {
      const words = [step.entrance, step.call, ...step.arguments.map(write)];
      return [...words, ...(step.keep === null ? [] : [`=${step.keep}`])].join(' ');
    }
    case 'fork':
      return `fork i${step.flags}`;
    case 'exec': {
      const words = [write(step.directory), write(step.path), write(step.flags)];
      return ['exec', ...words, ...step.arguments.map(write)].join(' ');
    }
    case 'descend':
      return `descend i${step.count} ${write(step.name)}`;
    case 'storm':
    case 'race':
      return `${step.do} i${step.count}`;
    case 'crowd':
      return `crowd i${step.count} i${step.threads}`;
    case 'leave':
      return `leave i${step.first} i${step.last}`;
    case 'thread':
    case 'wait':
    case 'identity':
      return step.do;
  }
}

/** Writes the script of some steps. */
export function writeScript(steps: readonly Step[], places: ScriptPlaces): Script {
  const lines: { text: string; step: Step | null }[] = [];
  const add = (step: Step): void => {
    lines.push({ text: writeLine(step, places), step });
    if (step.do !== 'fork' && step.do !== 'thread') return;
    for (const inner of step.steps) add(inner);
    lines.push({ text: 'end', step: null });
  };
  for (const step of steps) add(step);
  return {
    text: lines.map(({ text }) => `${text}\n`).join(''),
    steps: lines.map(({ step }) => step),
  };
}
