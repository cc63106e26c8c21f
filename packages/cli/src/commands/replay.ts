// SPDX-License-Identifier: Apache-2.0
// `fimbul replay`: the command line is explained here, then this process becomes the replay.

import { type Command, Option } from 'commander';
import { becomeProgram } from '../become.ts';
import { wantsColor } from '../color.ts';
import { collectPaths } from '../path-argument.ts';

type ReplayFlags = { readonly policy: readonly string[]; readonly output: string };

function buildArguments(recording: string, flags: ReplayFlags): string[] {
  const args = [`--recording=${recording}`, `--output=${flags.output}`];
  for (const path of flags.policy) args.push(`--policy=${path}`);
  if (wantsColor(process.stdout)) args.push('--color');
  return args;
}

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('run recorded events through a policy, without root or kernel')
    .argument('<recording>', 'a file that "fimbul record" wrote')
    .requiredOption('--policy <path>', 'policy file or directory; repeatable', collectPaths)
    .addOption(
      new Option('--output <form>', 'alerts for machines (one JSON object a line) or for people')
        .choices(['json', 'text'])
        .default('text'),
    )
    .action((recording: string, flags: ReplayFlags) =>
      becomeProgram('replay-main.ts', buildArguments(recording, flags)),
    );
}
