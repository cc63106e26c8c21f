// SPDX-License-Identifier: Apache-2.0
// `fimbul status`: what the running agent tells of itself. With `--programs` it has the kernel
// count the runs of its programs for a second, which costs a little, and shows what they took.

import { loadConfig } from '@fimbul/config';
import type { StatusDocument } from '@fimbul/schema';
import type { Command } from 'commander';
import { askAgent } from '../live/control-client.ts';
import { findSocket, type SocketFlags } from '../live/find-socket.ts';
import { formatStatus } from '../live/status-text.ts';
import { ratePrograms } from '../live/top-rates.ts';

type StatusFlags = SocketFlags & { readonly json?: boolean; readonly programs?: boolean };

const measureMs = 1000;

async function status(flags: StatusFlags): Promise<void> {
  const socket = findSocket(flags, loadConfig);
  const path = flags.programs ? '/v1/status?watch=programs' : '/v1/status';
  const first = await askAgent<StatusDocument>(socket, path);
  if (!flags.programs) {
    process.stdout.write(flags.json ? formatJson(first) : formatStatus(first, null));
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, measureMs));
  const second = await askAgent<StatusDocument>(socket, path);
  const rates = ratePrograms(first, second);
  const text = flags.json
    ? formatJson({ ...second, program_rates: rates })
    : formatStatus(second, rates);
  process.stdout.write(text);
}

function formatJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what the running agent saw, dropped, lost and matched, and what it costs')
    .option('--json', 'write it as JSON')
    .option('--programs', 'measure the programs in the kernel for a second')
    .option('--config <file>', 'configuration file of the agent')
    .option('--socket <path>', 'control socket of the agent, in place of the configured one')
    .action((flags: StatusFlags) => status(flags));
}
