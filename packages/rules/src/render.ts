// SPDX-License-Identifier: Apache-2.0
// Shows a diagnostic to a person: where and what, the line with a caret under the place, and what
// to do about it.

import type { Severity } from './diagnostic-catalogue.ts';
import type { Diagnostic } from './diagnostics.ts';

export type RenderOptions = {
  /** True to use ANSI colours. */
  readonly color: boolean;
};

const severityColors: Readonly<Record<Severity, string>> = {
  error: '31',
  warning: '33',
  info: '36',
};

/** Longer lines are shown around the place only. */
const lineLengthMax = 160;

/** Text of a policy is shown on a terminal: control characters must not reach it. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point.
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\u{fffd}');
}

function cut(line: string, column: number): { readonly shown: string; readonly before: number } {
  if (line.length <= lineLengthMax) return { shown: line, before: column - 1 };
  const start = Math.max(0, column - 1 - lineLengthMax / 4);
  const prefix = start > 0 ? '…' : '';
  const rest = line.slice(start, start + lineLengthMax);
  const suffix = start + lineLengthMax < line.length ? '…' : '';
  return { shown: prefix + rest + suffix, before: column - 1 - start + prefix.length };
}

/** Renders a diagnostic; `sourceText` is the text of its file. */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  sourceText: string,
  { color }: RenderOptions,
): string {
  const paint = (text: string, style: string) =>
    color ? `\u001b[${style}m${text}\u001b[0m` : text;
  const { file, line, column, severity, code, message, advice, rule } = diagnostic;
  const line1 = sourceText.split('\n', line)[line - 1] ?? '';
  const { shown, before } = cut(line1.replace(/\r$/, ''), column);
  const text = printable(shown);
  // A tab stays a tab, so that the caret stands below its character.
  const pad = [...text.slice(0, before)]
    .map((character) => (character === '\t' ? '\t' : ' '))
    .join('');
  const width = [...text.slice(before, before + diagnostic.length)].length;
  const carets = '^'.repeat(Math.max(1, width));
  const number = String(line);
  const margin = ' '.repeat(number.length);
  const bar = paint('|', '2');
  const about = rule === null ? '' : ` [${printable(rule)}]`;
  const kind = paint(`${severity} ${code}`, severityColors[severity]);
  const lines = [
    `${printable(file)}:${line}:${column}: ${kind}: ${printable(message)}${about}`,
    ` ${margin} ${bar}`,
    ` ${paint(number, '2')} ${bar} ${text}`,
    ` ${margin} ${bar} ${pad}${paint(carets, severityColors[severity])}`,
  ];
  if (advice !== '') lines.push(` ${margin} = ${paint('help', '1')}: ${printable(advice)}`);
  return lines.join('\n');
}
