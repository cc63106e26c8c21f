// SPDX-License-Identifier: Apache-2.0
// The `fimbul` command: one file per sub-command. Called in a wrong way it exits with 2, when
// something does not work with 1, always with one message that says what to do.

import {
  explainFileError,
  Failure,
  formatBug,
  formatFailure,
  makeEnvironmentPlain,
  version,
} from '@fimbul/config';
import { Command, CommanderError } from 'commander';
import { addAgentCommands } from './commands/agent.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addHelpCommand } from './commands/help.ts';
import { addRecordCommand } from './commands/record.ts';
import { addReloadCommand } from './commands/reload.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addRulesCommand } from './commands/rules.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTopCommand } from './commands/top.ts';
import { addVersionCommand } from './commands/version.ts';

makeEnvironmentPlain();

// A reader of our output that has had enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  const failure = new Failure(
    `write to standard output: ${explainFileError(error)}`,
    'make room, or send standard output elsewhere',
  );
  process.stderr.write(formatFailure(failure));
  process.exitCode = 1;
});

/** Whoever called a command in a wrong way is sent to that command's own help. */
function adviseHelp(command: Command, name: string): void {
  command.showHelpAfterError(`  → see "${name} --help"`);
  for (const part of command.commands) adviseHelp(part, `${name} ${part.name()}`);
}

const program = new Command('fimbul')
  .description('File integrity monitoring that starts in the kernel.')
  .version(`fimbul ${version}`, '-V, --version', 'print the version')
  .showSuggestionAfterError(true)
  .configureOutput({
    outputError: (text, write) => write(`fimbul: ${text.replace(/^error: /, '')}`),
  })
  .exitOverride();

addAgentCommands(program);
addRulesCommand(program);
addRecordCommand(program);
addReplayCommand(program);
addReloadCommand(program);
addStatusCommand(program);
addTopCommand(program);
addDoctorCommand(program);
addVersionCommand(program);
addHelpCommand(program);
adviseHelp(program, 'fimbul');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Failure) {
    process.stderr.write(formatFailure(error));
    process.exitCode = error.exitCode;
  } else if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(formatBug(error));
    process.exitCode = 1;
  }
}
