// SPDX-License-Identifier: Apache-2.0
// The agent's command line. The `fimbul` command checks it first and explains it; this reads what
// arrives and refuses the rest.

import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type ActionConfig,
  type BackendChoice,
  backendChoices,
  type Config,
  type ControlConfig,
  Failure,
  loadConfig,
} from '@fimbul/config';
import { findWorkingDirectory } from './working-directory.ts';

export type AgentOptions = {
  readonly policies: readonly string[];
  readonly backend: BackendChoice;
  readonly ringBytes: number;
  readonly actions: ActionConfig;
  readonly control: ControlConfig;
  /** `json`: one object a line and nothing else on stdout; `text`: for people. */
  readonly output: 'json' | 'text';
  readonly color: boolean;
  /** Ends the run this long after it is ready; null runs until a signal. */
  readonly durationMs: number | null;
};

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const timerMsMax = 2 ** 31 - 1;

/** Parses a duration such as `10s` or `500ms` into milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const milliseconds = match
    ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
    : Number.NaN;
  if (milliseconds > 0 && milliseconds <= timerMsMax) return milliseconds;
  throw new Failure(
    `--duration "${text}" is not a duration`,
    'write a number and a unit, such as 10s, 500ms, 5m or 1h (at most 24 days)',
    2,
  );
}

/** Takes one of several words. */
export function parseChoice<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new Failure(`--${option} "${value}" is not known`, `choose ${choices.join(', ')}`, 2);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        config: { type: 'string' },
        policy: { type: 'string', multiple: true },
        backend: { type: 'string' },
        output: { type: 'string', default: 'text' },
        duration: { type: 'string' },
        color: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Failure(what, 'see "fimbul agent --help"', 2);
  }
}

/** Makes a path whole, so that alerts name the policy wherever they are read. */
export function makeAbsolute(option: string, path: string, directory: string | null): string {
  if (isAbsolute(path)) return path;
  if (directory !== null) return resolve(directory, path);
  throw new Failure(
    `--${option} "${path}" starts at the current directory, which does not exist any more`,
    'change into a directory that exists, or write the path from the root',
  );
}

/**
 * Reads the command line, and the configuration file that it or the host names. `directory` is
 * where relative paths start; null where that is gone.
 */
export function readOptions(
  argv: readonly string[],
  directory: string | null = findWorkingDirectory(),
): AgentOptions {
  const values = parse(argv);
  const output = parseChoice('output', values.output, ['json', 'text'] as const);
  const durationMs = values.duration === undefined ? null : parseDuration(values.duration);
  const { config: path } = values;
  const config: Config = loadConfig(
    path === undefined ? null : makeAbsolute('config', path, directory),
  );
  return {
    policies:
      values.policy?.map((policy) => makeAbsolute('policy', policy, directory)) ?? config.policies,
    backend:
      values.backend === undefined
        ? config.backend
        : parseChoice('backend', values.backend, backendChoices),
    ringBytes: config.ringBytes,
    // There is no option for it: what a host allows stands in its file.
    actions: config.actions,
    control: config.control,
    output,
    color: values.color,
    durationMs,
  };
}
