// SPDX-License-Identifier: Apache-2.0
// `fimbul rules explain`: what the kernel decides of each rule, what is left to user space and why,
// and of a recording or of the running agent, which rules events are sent for. Counting is the work
// of replay and of the agent: this shows what they say.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Failure, loadConfig, readHostFacts, readPolicyFiles, rootDirectory } from '@fimbul/config';
import { compilePolicies, explainRules, renderDiagnostic } from '@fimbul/rules';
import type { ExplainDocument, ExplainedRule, StreamDocument } from '@fimbul/schema';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { wantsColor } from '../color.ts';
import {
  formatExplainedRules,
  formatExplainTable,
  formatLiveTable,
  type Paint,
} from '../explain-text.ts';
import { formatJson } from '../format-json.ts';
import { askAgent } from '../live/control-client.ts';
import { findSocket, type SocketFlags } from '../live/find-socket.ts';
import { subtractStreams } from '../live/stream-difference.ts';
import { collectPaths, parsePath } from '../path-argument.ts';

type ExplainFlags = SocketFlags & {
  readonly live?: boolean;
  readonly seconds?: number;
  readonly rule?: readonly string[];
  readonly recording?: string;
  readonly failOn?: 'unselective';
  readonly allHosts?: boolean;
  readonly json?: boolean;
};

const answerBytesMax = 512 * 1024 * 1024;
const columnsDefault = 100;
const secondsDefault = 10;
/** The agent counts for some seconds after a look. */
const lookMs = 2_000;

type Explained = { readonly document: ExplainDocument; readonly isWhole: boolean };

function explainPolicies(paths: readonly string[], { allHosts }: ExplainFlags): Explained {
  const files = readPolicyFiles(paths);
  const compiled = compilePolicies(files, { host: allHosts ? null : readHostFacts() });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const color = wantsColor(process.stderr);
  for (const one of errors) {
    const text = renderDiagnostic(one, texts.get(one.file) ?? '', { color });
    process.stderr.write(`${text.trimEnd()}\n\n`);
  }
  return { document: explainRules(compiled, null), isWhole: errors.length === 0 };
}

function explainRecording(paths: readonly string[], recording: string): Explained {
  const args = [`--recording=${recording}`, '--output=explain'];
  const main = join(rootDirectory, 'packages/agent/src/replay-main.ts');
  const ran = spawnSync(
    process.execPath,
    [main, ...args, ...paths.map((path) => `--policy=${path}`)],
    { maxBuffer: answerBytesMax, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  if (ran.error) throw ran.error;
  // What went wrong was told; one that is not whole was counted as far as it goes.
  process.exitCode = ran.status ?? 1;
  if (ran.stdout === '')
    return { document: { format: 1, stream: null, rules: [] }, isWhole: false };
  return { document: JSON.parse(ran.stdout) as ExplainDocument, isWhole: ran.status === 0 };
}

function selectRules<Rule extends Pick<ExplainedRule, 'id'>>(
  { rules }: { readonly rules: readonly Rule[] },
  wanted: readonly string[] | undefined,
): readonly Rule[] {
  if (wanted === undefined) return rules;
  const missing = wanted.find((id) => !rules.some((rule) => rule.id === id));
  if (missing !== undefined) {
    throw new Failure(
      `no rule "${missing}" is loaded from these policies`,
      'name a rule as the policy does; "fimbul rules check" says which are left out',
    );
  }
  return rules.filter(({ id }) => wanted.includes(id));
}

function isUnselective({ operations }: ExplainedRule): boolean {
  return operations.some((one) => one.is_filtered && !one.is_selective);
}

function askForStream(socket: string): Promise<StreamDocument> {
  return askAgent<StreamDocument>(socket, '/v1/stream?watch=stream');
}

async function explainLive(flags: ExplainFlags): Promise<void> {
  const socket = findSocket(flags, loadConfig);
  const { seconds = secondsDefault } = flags;
  const earlier = await askForStream(socket);
  selectRules(earlier, flags.rule);
  let later = earlier;
  for (;;) {
    const leftMs = (earlier.clock_seconds + seconds - later.clock_seconds) * 1000;
    if (leftMs <= 0) break;
    await new Promise((resolve) => setTimeout(resolve, Math.min(lookMs, leftMs)));
    later = await askForStream(socket);
  }
  const whole = subtractStreams(earlier, later);
  const document = { ...whole, rules: selectRules(whole, flags.rule) };
  const text = flags.json ? `${formatJson(document)}\n` : formatLiveTable(document, makePaint());
  process.stdout.write(text);
}

function makePaint(): Paint {
  const color = wantsColor(process.stdout);
  return (style, text) => (color ? `\u001b[${style}m${text}\u001b[0m` : text);
}

function explain(paths: readonly string[], flags: ExplainFlags): void {
  const { recording, failOn } = flags;
  const { document, isWhole } =
    recording === undefined ? explainPolicies(paths, flags) : explainRecording(paths, recording);
  if (!isWhole && document.rules.length === 0) {
    process.exitCode ||= 1;
    return;
  }
  const rules = selectRules(document, flags.rule);
  if (flags.json) process.stdout.write(`${formatJson({ ...document, rules })}\n`);
  else {
    const paint = makePaint();
    const columns = process.stdout.columns ?? columnsDefault;
    const isDetailed = flags.rule !== undefined || rules.length === 1;
    process.stdout.write(
      isDetailed
        ? formatExplainedRules(rules, { paint, columns })
        : formatExplainTable(document, paint),
    );
  }
  if (!isWhole || (failOn === 'unselective' && rules.some(isUnselective))) process.exitCode ||= 1;
}

function collectIds(value: string, values: readonly string[] = []): string[] {
  return [...values, value];
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError('It is a number of seconds, from 1.');
}

/** A live stream is of rules that the agent has; all else is of policies that are named. */
function run(
  command: Command,
  paths: readonly string[],
  flags: ExplainFlags,
): Promise<void> | void {
  const { live, seconds, socket, config } = flags;
  if (live) {
    if (paths.length === 0) return explainLive(flags);
    return command.error("error: with --live no path is named: the rules are the running agent's");
  }
  const lonely = Object.entries({ seconds, socket, config }).find(
    ([, value]) => value !== undefined,
  );
  if (lonely) return command.error(`error: --${lonely[0]} goes with --live`);
  if (paths.length === 0) return command.error("error: missing required argument 'path'");
  return explain(paths, flags);
}

/** Adds `explain` to the commands below `rules`. */
export function addExplainCommand(rules: Command): void {
  const command = rules
    .command('explain')
    .description('show what the kernel decides of each rule, and which rules cost most')
    .argument('[path...]', 'policy files, or directories with *.policy files', collectPaths)
    .option('--rule <id>', 'all about this rule; repeatable', collectIds)
    .option('--recording <file>', 'count which rules its events are sent for', parsePath)
    .addOption(
      new Option(
        '--live',
        'count which rules the events of the running agent are sent for',
      ).conflicts(['recording', 'failOn', 'allHosts']),
    )
    .option('--seconds <number>', `count --live for so long; ${secondsDefault}`, parseSeconds)
    .option('--config <file>', 'configuration file of the agent, for --live')
    .option('--socket <path>', 'control socket of the agent, for --live')
    .addOption(
      new Option(
        '--fail-on <what>',
        'exit with 1 when the kernel selects nothing for a rule',
      ).choices(['unselective']),
    )
    .option('--all-hosts', 'explain rules for other hosts too, as with a recording')
    .option('--json', 'write everything as JSON');
  // Without a path the argument is not set: a default would be shown in the help.
  command.action((paths: readonly string[] | undefined, flags: ExplainFlags) =>
    run(command, paths ?? [], flags),
  );
}
