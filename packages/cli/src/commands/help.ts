// SPDX-License-Identifier: Apache-2.0
// `fimbul help`: explains a command, also one below another, as in `fimbul help rules check`.

import { Failure } from '@fimbul/config';
import type { Command } from 'commander';

function findCommand(program: Command, names: readonly string[]): Command {
  let command = program;
  for (const name of names) {
    const found = command.commands.find((part) => part.name() === name);
    if (found === undefined) {
      throw new Failure(`unknown command '${names.join(' ')}'`, 'see "fimbul --help"', 2);
    }
    command = found;
  }
  return command;
}

export function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('explain a command')
    .argument('[command...]', 'its name, such as rules check')
    .action((names: readonly string[]) => findCommand(program, names).outputHelp());
}
