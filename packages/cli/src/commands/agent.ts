// SPDX-License-Identifier: Apache-2.0
// `fimbul agent` and `fimbul run`: the command line is checked here, then this process becomes the
// agent (execve): there is no parent left that could be killed and leave the agent behind.

import { backendChoices } from '@fimbul/config';
import { type Command, Option } from 'commander';
import { becomeProgram } from '../become.ts';
import { wantsColor } from '../color.ts';
import { collectPaths, parsePath } from '../path-argument.ts';

type AgentFlags = {
  readonly config?: string;
  readonly policy?: readonly string[];
  readonly backend?: string;
  readonly output: string;
  readonly duration?: string;
};

function buildArguments(flags: AgentFlags): string[] {
  // One word for each option: a value that starts with a dash is not taken for another option.
  const args = [`--output=${flags.output}`];
  if (flags.config !== undefined) args.push(`--config=${flags.config}`);
  for (const path of flags.policy ?? []) args.push(`--policy=${path}`);
  if (flags.backend !== undefined) args.push(`--backend=${flags.backend}`);
  if (flags.duration !== undefined) args.push(`--duration=${flags.duration}`);
  if (wantsColor(process.stdout)) args.push('--color');
  return args;
}

function addCommand(program: Command, name: string, output: string): Command {
  return program
    .command(name)
    .option('--config <file>', 'configuration file, in place of /etc/fimbul/fimbul.yaml', parsePath)
    .option(
      '--policy <path>',
      'policy file or directory, in place of the configured ones; repeatable',
      collectPaths,
    )
    .addOption(
      new Option('--backend <name>', 'hook backend, in place of the best that works').choices(
        backendChoices,
      ),
    )
    .addOption(
      new Option('--output <form>', 'alerts for machines (one JSON object a line) or for people')
        .choices(['json', 'text'])
        .default(output),
    )
    .option('--duration <time>', 'stop this long after being ready, such as 10s or 5m')
    .action((flags: AgentFlags) => becomeProgram('main.ts', buildArguments(flags)));
}

export function addAgentCommands(program: Command): void {
  addCommand(program, 'run', 'text').description('watch this host and show alerts');
  addCommand(program, 'agent', 'text').description('the daemon: watch this host by its policies');
}
