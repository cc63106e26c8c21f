// SPDX-License-Identifier: Apache-2.0
// `fimbul reload`: has the running agent read its policies again, and waits until they judge. Where
// something is wrong with them nothing changes, what is wrong is shown, and it exits with 1.

import { Failure, loadConfig } from '@fimbul/config';
import type { ReloadDocument } from '@fimbul/schema';
import type { Command } from 'commander';
import { formatJson } from '../format-json.ts';
import { orderAgent } from '../live/control-client.ts';
import { findSocket, type SocketFlags } from '../live/find-socket.ts';

type ReloadFlags = SocketFlags & { readonly json?: boolean };

async function reload(flags: ReloadFlags): Promise<void> {
  const socket = findSocket(flags, loadConfig);
  const document = await orderAgent<ReloadDocument>(socket, '/v1/reload');
  if (flags.json) {
    process.stdout.write(formatJson(document));
    if (document.outcome === 'refused') process.exitCode = 1;
    return;
  }
  process.stderr.write(document.report);
  if (document.outcome === 'refused') throw new Failure(document.what, document.advice);
  for (const text of document.degradations) process.stderr.write(`fimbul: degraded: ${text}\n`);
  process.stdout.write(`reloaded: ${document.rules}\n`);
}

export function addReloadCommand(program: Command): void {
  program
    .command('reload')
    .description('have the running agent read its policies again, and wait until they judge')
    .option('--json', 'write what came of it as JSON')
    .option('--config <file>', 'configuration file of the agent')
    .option('--socket <path>', 'control socket of the agent, in place of the configured one')
    .action((flags: ReloadFlags) => reload(flags));
}
