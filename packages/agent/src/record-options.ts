// SPDX-License-Identifier: Apache-2.0
// The command lines of `fimbul record` and `fimbul replay`. The command explains them; this reads
// what arrives and refuses the rest.

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type BackendChoice, backendChoices, Failure, loadConfig } from '@fimbul/config';
import { makeAbsolute, parseChoice, parseDuration } from './options.ts';
import { findWorkingDirectory } from './working-directory.ts';

const mebibyte = 1024 * 1024;
const ringMebibytesMax = 1024;
/** A busy host fills this in an hour or two; nobody means to fill a disk. */
const sizeMebibytesDefault = 4096;

export type RecordOptions = {
  readonly output: string;
  readonly force: boolean;
  /** Policies whose kernel filter is recorded through; null records everything. */
  readonly policies: readonly string[] | null;
  readonly backend: BackendChoice;
  readonly ringBytes: number;
  readonly bytesMax: number;
  readonly durationMs: number | null;
};

export type ReplayOptions = {
  readonly recording: string;
  readonly policies: readonly string[];
  /** `explain` writes what the filter lets through, instead of alerts. */
  readonly output: 'json' | 'text' | 'explain';
  readonly color: boolean;
};

function parse<Options extends ParseArgsOptionsConfig>(
  command: string,
  argv: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Failure(what, `see "fimbul ${command} --help"`, 2);
  }
}

function parseMebibytes(option: string, text: string): number {
  const value = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (value > 0) return value * mebibyte;
  throw new Failure(`--${option} "${text}" is no size`, 'write a number of MiB, such as 64', 2);
}

function parseRingSize(text: string): number {
  const bytes = parseMebibytes('ring-size', text);
  const value = bytes / mebibyte;
  if (value <= ringMebibytesMax && (value & (value - 1)) === 0) return bytes;
  throw new Failure(
    `--ring-size "${text}" is no size of a ring`,
    `write a power of two, in MiB, of at most ${ringMebibytesMax}`,
    2,
  );
}

/** Reads the command line of `fimbul record`, and the configuration for what it leaves open. */
export function readRecordOptions(argv: readonly string[]): RecordOptions {
  const values = parse('record', argv, {
    out: { type: 'string' },
    force: { type: 'boolean', default: false },
    config: { type: 'string' },
    policy: { type: 'string', multiple: true },
    backend: { type: 'string' },
    duration: { type: 'string' },
    'ring-size': { type: 'string' },
    'max-size': { type: 'string', default: String(sizeMebibytesDefault) },
  } as const);
  if (values.out === undefined || values.out === '') {
    throw new Failure('no file to record to is named', 'name one with -o', 2);
  }
  const durationMs = values.duration === undefined ? null : parseDuration(values.duration);
  const ringSize = values['ring-size'];
  const bytesMax = parseMebibytes('max-size', values['max-size']);
  const ringBytes = ringSize === undefined ? null : parseRingSize(ringSize);
  const directory = findWorkingDirectory();
  const config = loadConfig(values.config ?? null);
  return {
    output: values.out,
    force: values.force,
    policies: values.policy?.map((policy) => makeAbsolute('policy', policy, directory)) ?? null,
    backend:
      values.backend === undefined
        ? config.backend
        : parseChoice('backend', values.backend, backendChoices),
    ringBytes: ringBytes ?? config.ringBytes,
    bytesMax,
    durationMs,
  };
}

/** Reads the command line of `fimbul replay`, which nothing else on the host adds to. */
export function readReplayOptions(argv: readonly string[]): ReplayOptions {
  const values = parse('replay', argv, {
    recording: { type: 'string' },
    policy: { type: 'string', multiple: true },
    output: { type: 'string', default: 'text' },
    color: { type: 'boolean', default: false },
  } as const);
  const { recording, policy } = values;
  if (recording === undefined || recording === '') {
    throw new Failure('no recording is named', 'name a file that "fimbul record" wrote', 2);
  }
  if (policy === undefined) {
    throw new Failure('no policy is named', 'name one with --policy: a file or a directory', 2);
  }
  const output = parseChoice('output', values.output, ['json', 'text', 'explain'] as const);
  return { recording, policies: policy, output, color: values.color };
}
