// SPDX-License-Identifier: Apache-2.0
// The `fimbul` command: one file per sub-command. Called in a wrong way it exits with 2, when
// something does not work with 1, always with one message that says what to do.

import { Failure, formatFailure } from '@fimbul/config';
import { Command, CommanderError } from 'commander';
import { addAgentCommands } from './commands/agent.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addRulesCommand } from './commands/rules-check.ts';
import { addVersionCommand, version } from './commands/version.ts';

const program = new Command('fimbul')
  .description('File integrity monitoring that starts in the kernel.')
  .version(`fimbul ${version}`, '-V, --version', 'print the version')
  .helpCommand('help [command]', 'explain a command')
  .showSuggestionAfterError(true)
  .showHelpAfterError('  → see "fimbul --help"')
  .configureOutput({
    outputError: (text, write) => write(`fimbul: ${text.replace(/^error: /, '')}`),
  })
  .exitOverride();

addAgentCommands(program);
addRulesCommand(program);
addDoctorCommand(program);
addVersionCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Failure) {
    process.stderr.write(formatFailure(error));
    process.exitCode = error.exitCode;
  } else if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    throw error;
  }
}
