// SPDX-License-Identifier: Apache-2.0
// `fimbul record`: the command line is explained here, then this process becomes the recorder.

import { backendChoices } from '@fimbul/config';
import { type Command, Option } from 'commander';
import { becomeProgram } from '../become.ts';
import { collectPaths, parsePath } from '../path-argument.ts';

type RecordFlags = {
  readonly out: string;
  readonly force?: boolean;
  readonly config?: string;
  readonly policy?: readonly string[];
  readonly backend?: string;
  readonly duration?: string;
  readonly ringSize?: string;
  readonly maxSize?: string;
};

function buildArguments(flags: RecordFlags): string[] {
  // One word for each option: a value that starts with a dash is not taken for another option.
  const args = [`--out=${flags.out}`];
  if (flags.force) args.push('--force');
  if (flags.config !== undefined) args.push(`--config=${flags.config}`);
  for (const path of flags.policy ?? []) args.push(`--policy=${path}`);
  if (flags.backend !== undefined) args.push(`--backend=${flags.backend}`);
  if (flags.duration !== undefined) args.push(`--duration=${flags.duration}`);
  if (flags.ringSize !== undefined) args.push(`--ring-size=${flags.ringSize}`);
  if (flags.maxSize !== undefined) args.push(`--max-size=${flags.maxSize}`);
  return args;
}

export function addRecordCommand(program: Command): void {
  program
    .command('record')
    .description('record raw events, for "fimbul replay" under any policy')
    .requiredOption('-o, --out <file>', 'the recording to make')
    .option('--force', 'replace the file if it exists')
    .option('--config <file>', 'configuration file, in place of /etc/fimbul/fimbul.yaml', parsePath)
    .option(
      '--policy <path>',
      'record what this policy needs, in place of everything; repeatable',
      collectPaths,
    )
    .addOption(
      new Option('--backend <name>', 'hook backend, in place of the best that works').choices(
        backendChoices,
      ),
    )
    .option('--duration <time>', 'stop this long after being ready, such as 10s or 5m')
    .option('--ring-size <MiB>', 'room for events that wait to be written: a power of two')
    .option('--max-size <MiB>', 'stop when the file is this long (default: 4096)')
    .action((flags: RecordFlags) => becomeProgram('record-main.ts', buildArguments(flags)));
}
