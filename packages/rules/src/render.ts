// SPDX-License-Identifier: Apache-2.0
// Shows a diagnostic to a person: where and what, the line with a caret under the place, and what
// to do about it.

import { escapeControls } from '@fimbul/schema';
import type { Severity } from './diagnostic-catalogue.ts';
import type { Diagnostic } from './diagnostics.ts';
import { countTerminalColumns } from './terminal-width.ts';

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

/** A line of a policy; a tab stays a tab, so that the caret stands below its character. */
function showLine(text: string): string {
  return text.split('\t').map(escapeControls).join('\t');
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
  const text = showLine(shown);
  const pad = showLine(shown.slice(0, before))
    .split('\t')
    .map((part) => ' '.repeat(countTerminalColumns(part)))
    .join('\t');
  const width = countTerminalColumns(showLine(shown.slice(before, before + diagnostic.length)));
  const carets = '^'.repeat(Math.max(1, width));
  const number = String(line);
  const margin = ' '.repeat(number.length);
  const bar = paint('|', '2');
  const about = rule === null ? '' : ` [${escapeControls(rule)}]`;
  const kind = paint(`${severity} ${code}`, severityColors[severity]);
  const lines = [
    `${escapeControls(file)}:${line}:${column}: ${kind}: ${escapeControls(message)}${about}`,
  ];
  // Of a file that is empty or could not be read, there is no line to show.
  if (sourceText !== '') {
    lines.push(
      ` ${margin} ${bar}`,
      ` ${paint(number, '2')} ${bar} ${text}`,
      ` ${margin} ${bar} ${pad}${paint(carets, severityColors[severity])}`,
    );
  }
  if (advice !== '') lines.push(` ${margin} = ${paint('help', '1')}: ${escapeControls(advice)}`);
  return lines.join('\n');
}
