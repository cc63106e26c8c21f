// SPDX-License-Identifier: Apache-2.0
// `fimbul rules fmt`: brings policies and rule tests into the one layout, as gofmt does. All files
// are read and formatted before the first is written.

import { escapeControls, Failure, readStandardInput, requireText } from '@fimbul/config';
import { type FormattedPolicy, formatPolicy, renderDiagnostic } from '@fimbul/rules';
import type { Command } from 'commander';
import { wantsColor } from '../color.ts';
import { type DiffLine, diffLines, type Hunk } from '../line-diff.ts';
import { collectPaths } from '../path-argument.ts';
import { readTextFile, replaceTextFile, type TextFile } from '../replace-file.ts';
import { isDirectory, searchFiles } from '../search-files.ts';

type FormatFlags = { readonly check?: boolean; readonly stdout?: boolean };

/** A text to format, and the file that it is from. */
type Source = { readonly path: string; readonly text: string; readonly file: TextFile | null };

/** Of a longer difference, the first lines are shown. */
const diffLinesMax = 40;

function isWanted(name: string): boolean {
  return /\.(?:policy|ya?ml)$/.test(name);
}

/** Of other YAML files than policies, only rule tests are meant. */
function isPolicyOrTest({ path, text }: TextFile): boolean {
  return path.endsWith('.policy') || /^cases:/m.test(text);
}

function listFiles(path: string): readonly TextFile[] {
  if (!isDirectory(path)) return [readTextFile(path)];
  const found = searchFiles(path, isWanted);
  for (const { path: directory, reason } of found.unreadable) {
    throw new Failure(`read ${directory}: ${reason}`, 'make it readable, or name other paths');
  }
  const files = found.files.map(readTextFile).filter(isPolicyOrTest);
  if (files.length > 0) return files;
  throw new Failure(
    `read policies: there is no policy and no rule test in ${path} or below`,
    'name a *.policy file, or a directory with some',
  );
}

function readSources(paths: readonly string[]): readonly Source[] {
  return paths.flatMap((path): readonly Source[] => {
    if (path === '-') {
      const { text } = requireText('<stdin>', readStandardInput());
      return [{ path: '<stdin>', text, file: null }];
    }
    if (path.endsWith('.json')) {
      throw new Failure(`format ${path}: JSON would become YAML`, 'use a formatter for JSON');
    }
    return listFiles(path).map((file) => ({ path: file.path, text: file.text, file }));
  });
}

function format(paths: readonly string[], flags: FormatFlags): void {
  const results = readSources(paths).map((source) => ({
    source,
    formatted: formatPolicy(source.path, source.text),
  }));
  for (const { source, formatted } of results) showProblems(source, formatted);
  let ok = true;
  for (const { source, formatted } of results) {
    if (formatted.kind === 'refused') {
      ok = false;
    } else if (flags.check) {
      if (!formatted.isChanged) continue;
      process.stdout.write(describeDifference(source, formatted.text));
      ok = false;
    } else if (flags.stdout || source.file === null) {
      process.stdout.write(formatted.text);
    } else if (formatted.isChanged) {
      replaceTextFile(source.file, formatted.text);
      process.stdout.write(`${escapeControls(source.path)}\n`);
    }
  }
  process.exitCode = ok ? 0 : 1;
}

/** Problems go to stderr, so that stdout is the formatted text or names of files. */
function showProblems({ text }: Source, { problems }: FormattedPolicy): void {
  const color = wantsColor(process.stderr);
  for (const problem of problems) {
    process.stderr.write(`${renderDiagnostic(problem, text, { color }).trimEnd()}\n\n`);
  }
}

function describeDifference({ path, text }: Source, formatted: string): string {
  const name = escapeControls(path);
  // Ends of lines are shown: a carriage return or a mark at the start is a difference too.
  const lines = diffLines(text, formatted).flatMap(describeHunk);
  const more = lines.length - diffLinesMax;
  const shown = lines.slice(0, diffLinesMax);
  if (more > 0) shown.push(`… and ${more} more ${more === 1 ? 'line' : 'lines'}`);
  return `${name}\n${shown.map((line) => `  ${line}\n`).join('')}`;
}

function describeHunk({ before, after, lines }: Hunk): readonly string[] {
  const paint = (style: string, text: string): string =>
    wantsColor(process.stdout) ? `\u001b[${style}m${text}\u001b[0m` : text;
  const styles: Readonly<Record<DiffLine['sign'], string>> = { '-': '31', '+': '32', ' ': '0' };
  return [
    paint('36', `@@ -${before} +${after} @@`),
    ...lines.map(({ sign, text }) => paint(styles[sign], sign + escapeControls(text))),
  ];
}

/** Adds `fmt` to the commands below `rules`. */
export function addFmtCommand(rules: Command): void {
  rules
    .command('fmt')
    .description('bring policies and rule tests into the one layout; prints what it changed')
    .argument(
      '<path...>',
      'files and directories; - reads standard input and prints the result',
      collectPaths,
    )
    .option('--check', 'write nothing; show what differs, and exit with 1 if anything does')
    .option('--stdout', 'print the result and leave the files as they are')
    .action((paths: readonly string[], flags: FormatFlags) => format(paths, flags));
}
