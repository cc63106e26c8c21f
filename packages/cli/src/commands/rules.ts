// SPDX-License-Identifier: Apache-2.0
// `fimbul rules`: what is done with policies without running them, one file per command.

import type { Command } from 'commander';
import { addCheckCommand } from './rules-check.ts';
import { addExplainCommand } from './rules-explain.ts';
import { addFmtCommand } from './rules-fmt.ts';
import { addTestCommand } from './rules-test.ts';

export function addRulesCommand(program: Command): void {
  const rules = program
    .command('rules')
    .description('work with policies')
    .helpCommand('help [command]', 'explain a command');
  addCheckCommand(rules);
  addExplainCommand(rules);
  addFmtCommand(rules);
  addTestCommand(rules);
}
