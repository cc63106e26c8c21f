// SPDX-License-Identifier: Apache-2.0
// `fimbul top`: the running agent, live. On a terminal it draws one screen over again; elsewhere it
// writes one block after the other. While it runs, the kernel counts runs of programs and the agent
// takes the time of rules; both end a few seconds after it.

import { Failure, loadConfig } from '@fimbul/config';
import type { RulesDocument, StatusDocument } from '@fimbul/schema';
import { type Command, InvalidArgumentError } from 'commander';
import { askAgent } from '../live/control-client.ts';
import { findSocket, type SocketFlags } from '../live/find-socket.ts';
import { type Look, rateLooks, type TopDocument } from '../live/top-rates.ts';
import { TopScreen } from '../live/top-screen.ts';
import { formatTop } from '../live/top-text.ts';

type TopFlags = SocketFlags & { readonly json?: boolean; readonly count?: number };

const lookMs = 1000;
const quitLines = ['', 'q: quit'];
/** Rules are sampled, so a longer time is looked at than for what is counted. */
const ruleLooks = 10;

function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new InvalidArgumentError('It is a number of blocks, from 1.');
}

async function look(socket: string): Promise<Look> {
  const status = await askAgent<StatusDocument>(socket, '/v1/status?watch=programs');
  const rules = await askAgent<RulesDocument>(socket, '/v1/rules?watch=rules');
  return { status, rules };
}

/** Waits, or less where it is over. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, lookMs);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

type Show = (top: TopDocument, newest: Look) => void;

async function follow(socket: string, flags: TopFlags, show: Show, signal: AbortSignal) {
  let looks = [await look(socket)];
  for (let shown = 0; shown < (flags.count ?? Number.POSITIVE_INFINITY); shown += 1) {
    await pause(signal);
    if (signal.aborted) return;
    const newest = await look(socket);
    const previous = looks.at(-1) ?? newest;
    // Another agent counts from the beginning.
    const isSame = previous.status.agent.started === newest.status.agent.started;
    if (isSame) {
      const earliest = looks[0] ?? previous;
      show(rateLooks({ newest, previous, earliest }, new Date().toISOString()), newest);
    }
    looks = isSame ? [...looks.slice(1 - ruleLooks), newest] : [newest];
  }
}

/** Ends with the signals that end a program, so that the terminal is given back. */
function abortBySignals(abort: AbortController): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => abort.abort());
  }
  process.stdout.on('error', () => abort.abort());
}

async function top(flags: TopFlags): Promise<void> {
  const socket = findSocket(flags, loadConfig);
  const abort = new AbortController();
  abortBySignals(abort);
  if (flags.json) {
    const show: Show = (rates) => void process.stdout.write(`${JSON.stringify(rates)}\n`);
    return follow(socket, flags, show, abort.signal);
  }
  if (!process.stdout.isTTY) {
    const show: Show = (rates, { status }) =>
      void process.stdout.write(`${formatTop(rates, status).join('\n')}\n\n`);
    return follow(socket, flags, show, abort.signal);
  }
  // Whether there is an agent is found out before the screen changes.
  await askAgent<StatusDocument>(socket, '/v1/status');
  const screen = new TopScreen(process.stdout, process.stdin, () => abort.abort());
  screen.open();
  screen.draw(['fimbul top: looking for a second …']);
  try {
    const show: Show = (rates, { status }) =>
      screen.draw([...formatTop(rates, status, screen.lines - quitLines.length), ...quitLines]);
    await follow(socket, flags, show, abort.signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`the agent has ended: ${error.message}`, error.advice);
  } finally {
    screen.close();
  }
}

export function addTopCommand(program: Command): void {
  program
    .command('top')
    .description('what the running agent does now: events, programs, and the rules that cost most')
    .option('--json', 'write one JSON object a line')
    .option('-n, --count <number>', 'end after so many looks, one a second', parseCount)
    .option('--config <file>', 'configuration file of the agent')
    .option('--socket <path>', 'control socket of the agent, in place of the configured one')
    .action((flags: TopFlags) => top(flags));
}
