// SPDX-License-Identifier: Apache-2.0
// Alerts for people: what happened to which file, then who did it. Names come from anybody on the
// host, so control characters are shown as escapes and never reach the terminal.

import { styleText } from 'node:util';
import { escapeControls } from '@fimbul/config/run';
import type { Json, JsonObject } from './field-writer.ts';
import type { DocumentStream } from './output-stream.ts';
import type { Sink } from './sink.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const unknownFile = '(unknown file)';
const ancestorsShownMax = 6;
const argumentCharactersMax = 200;
const pathsShownMax = 6;

function find(document: Json | undefined, path: string): Json | undefined {
  let value = document;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

function text(document: Json | undefined, path: string): string {
  const value = find(document, path);
  return value === undefined ? '' : escapeControls(String(value));
}

function shorten(value: string): string {
  return value.length > argumentCharactersMax ? `${value.slice(0, argumentCharactersMax)}…` : value;
}

function quoteArgument(argument: string): string {
  const escaped = escapeControls(argument);
  return /^[\w@%+=:,./\\{}-]+$/.test(escaped) ? escaped : `'${escaped.replaceAll("'", "'\\''")}'`;
}

function list(document: Json, path: string): readonly Json[] {
  const value = find(document, path);
  return Array.isArray(value) ? value : [];
}

function octal(document: Json, path: string): string {
  const value = find(document, path);
  return typeof value === 'number' ? value.toString(8).padStart(4, '0') : 'unknown';
}

function describeResult(document: Json, operation: string, paint: Paint): string {
  const value = find(document, `${operation}.retval`);
  return typeof value === 'number' && value < 0 ? paint('red', ` refused (${value})`) : '';
}

function describeOperation(document: Json, operation: string, paint: Paint): string {
  const path = paint('bold', text(document, `${operation}.file.path`) || unknownFile);
  switch (operation) {
    case 'open': {
      const verb = find(document, 'open.created') === true ? 'created' : 'opened';
      return `${verb} ${path} ${paint('dim', list(document, 'open.flags').join('|'))}`;
    }
    case 'unlink':
      return `removed ${path}`;
    case 'rename': {
      const destination = text(document, 'rename.file.destination.path') || unknownFile;
      return `renamed ${path} to ${paint('bold', destination)}`;
    }
    case 'chmod': {
      const before = octal(document, 'chmod.file.rights');
      const after = octal(document, 'chmod.file.destination.rights');
      return `changed rights of ${path} from ${before} to ${after}`;
    }
    case 'exec':
      return `ran ${paint('bold', text(document, 'process.file.path'))}`;
    default:
      return `ended: ${list(document, 'exit.cause').join()} ${text(document, 'exit.code')}`;
  }
}

function describeUser(document: Json): string {
  const user = text(document, 'process.user') || text(document, 'process.uid');
  const effective = text(document, 'process.euser') || text(document, 'process.euid');
  const login = find(document, 'process.auid');
  const parts = [user];
  if (effective !== user) parts.push(`as ${effective}`);
  if (typeof login === 'number' && login !== 0xffffffff) parts.push(`login ${login}`);
  return parts.join(', ');
}

function describeProcess(document: Json, paint: Paint): string[] {
  const argv = shorten(
    list(document, 'process.argv')
      .map((a) => quoteArgument(String(a)))
      .join(' '),
  );
  const program = text(document, 'process.file.path') || text(document, 'process.comm');
  const terminal = text(document, 'process.tty_name');
  const container = text(document, 'container.id');
  const lines = [
    `by ${paint('cyan', program)} pid ${text(document, 'process.pid')}, ` +
      `user ${describeUser(document)}${terminal === '' ? '' : `, on ${terminal}`}` +
      `${container === '' ? '' : `, in container ${paint('magenta', container)}`}`,
  ];
  if (argv !== '') lines.push(paint('dim', `$ ${argv}`));
  const ancestors = list(document, 'process.ancestors');
  if (ancestors.length > 0) {
    const names = ancestors
      .slice(0, ancestorsShownMax)
      .map((ancestor) => text(ancestor, 'file.path') || text(ancestor, 'comm') || '?');
    const more = ancestors.length > ancestorsShownMax ? ' ← …' : '';
    lines.push(paint('dim', `← ${names.join(' ← ')}${more}`));
  }
  return lines;
}

function describeVariables(document: Json): string[] {
  const values = ['', 'process.', 'container.', 'cgroup.'].flatMap((prefix) => {
    const variables = find(document, `${prefix}variables`);
    if (typeof variables !== 'object' || Array.isArray(variables)) return [];
    return Object.entries(variables as JsonObject).map(
      ([name, value]) => `${prefix}${name}=${escapeControls(String(value))}`,
    );
  });
  return values.length === 0 ? [] : [shorten(`with ${values.join(', ')}`)];
}

function describeHeldBack(document: Json): string[] {
  const paths = list(document, 'rule.suppressed_paths').map((path) => escapeControls(String(path)));
  if (paths.length === 0) return [];
  const more = paths.length > pathsShownMax || find(document, 'rule.suppressed_paths_omitted');
  return [`held back: ${paths.slice(0, pathsShownMax).join(', ')}${more ? ', …' : ''}`];
}

/** Why a signal was not sent, by the status of the action. */
const killObstacles: Readonly<Record<string, string>> = {
  gone: 'it had ended',
  protected: 'the agent and what keeps the host running are protected',
  disarmed: 'the rule is disarmed',
  'not allowed': 'the configuration does not allow it',
  replay: 'this is a replay',
  'no container': 'it is in none',
  'no control group': 'which one is not known',
};

function describeKill(action: Json): string {
  const signal = text(action, 'signal');
  const status = text(action, 'status');
  const scope = text(action, 'scope') === 'cgroup' ? 'control group' : text(action, 'scope');
  if (status !== 'sent') {
    return `→ ${signal} not sent to the ${scope}: ${killObstacles[status] ?? status}`;
  }
  const count =
    find(action, 'processes') === 1 ? '1 process' : `${text(action, 'processes')} processes`;
  return `→ ${signal} sent to ${scope === 'process' ? 'the process' : `${count} of the ${scope}`}`;
}

function describeAction(action: Json): string {
  if (text(action, 'type') === 'kill') return describeKill(action);
  const message = shorten(text(action, 'message'));
  const leftOut = text(action, 'status') === 'written' ? '' : ', left out of the log';
  return `→ ${text(action, 'level')}: ${message}${leftOut}`;
}

function describeDocument(document: JsonObject, paint: Paint): string {
  const operation = text(document, 'event.type');
  const time = paint('dim', text(document, 'event.timestamp').slice(11, 23));
  if (operation === 'loss') {
    const lost = `${text(document, 'loss.count')} ${text(document, 'loss.operation')} events lost`;
    return `${time} ${paint('red', lost)}: ${text(document, 'loss.reason')}\n`;
  }
  const suppressed = text(document, 'rule.suppressed');
  const held = suppressed === '' ? '' : paint('dim', ` (${suppressed} more held back)`);
  const head = `${time} ${paint('yellow', text(document, 'rule.id'))}${held}`;
  const what =
    describeOperation(document, operation, paint) + describeResult(document, operation, paint);
  const lines = [
    what,
    ...describeProcess(document, paint),
    ...describeVariables(document).map((line) => paint('dim', line)),
    ...describeHeldBack(document).map((line) => paint('dim', line)),
    ...list(document, 'rule.actions').map((action) => paint('magenta', describeAction(action))),
  ];
  return `${head}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** Makes a sink that writes alerts as text, with ANSI colours where `color` says so. */
export function createReadableSink(stream: DocumentStream, color: boolean): Sink {
  const paint: Paint = (style, value) =>
    color ? styleText(style, value, { validateStream: false }) : value;
  return {
    write: (document) => stream.write(describeDocument(document, paint)),
    flush: () => stream.flush(),
  };
}
