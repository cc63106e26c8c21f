// SPDX-License-Identifier: Apache-2.0
// The rules of tidy. Each takes one file and returns what is wrong with it; none reads a file or
// knows of exceptions. What a linter can check better is left to the linter.

import type { Problem } from './problem.ts';
import type { SourceFile } from './source-file.ts';

export const lineColumnsMax = 100;
export const fileLinesMax = 500;
export const functionLinesMax = 70;
export const headerLinesMax = 8;
const tabColumns = 8;

export type TidyRule = (file: SourceFile) => readonly Problem[];

export const tidyRules: readonly TidyRule[] = [
  checkHeader,
  checkLineColumns,
  checkFileLines,
  checkFunctionLines,
  checkBannedText,
  checkHostNames,
  checkFileName,
  checkDocumentTitle,
];

const codeName = /\.(?:tsx?|c|h|cc|sh)$/;

function isCode(path: string): boolean {
  return codeName.test(path) || path === 'bin/fimbul' || path === '.ci/run';
}

/** A licence line, then a comment that says what the file is. */
function checkHeader({ path, text }: SourceFile): readonly Problem[] {
  if (!isCode(path) || path.includes('/testdata/')) return [];
  const licence = path.startsWith('bpf/') ? 'GPL-2.0-only OR BSD-2-Clause' : 'Apache-2.0';
  const lines = text.split('\n');
  const first = lines[0]?.startsWith('#!') ? 1 : 0;
  const comment = /\.(?:tsx?|c|h|cc)$/.test(path) ? /^(?:\/\/|\/\*| \*)/ : /^#/;
  const expected = `SPDX-License-Identifier: ${licence}`;
  if (!lines[first]?.includes(expected)) {
    return [{ path, line: first + 1, rule: 'header', message: `start with '// ${expected}'` }];
  }
  if (path.includes('.gen.')) return [];
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) => !comment.test(line));
  const count = end === -1 ? rest.length : end;
  if (count >= 1 && count <= headerLinesMax) return [];
  const message =
    count === 0
      ? 'say what the file is in a comment below the licence line'
      : `the opening comment has ${count} lines, ${headerLinesMax} are allowed: say less`;
  return [{ path, line: first + 2, rule: 'header', message }];
}

function checkLineColumns({ path, text }: SourceFile): readonly Problem[] {
  if (path.includes('.gen.') || path.includes('/testdata/') || /\.(?:json|html)$/.test(path)) {
    return [];
  }
  return text.split('\n').flatMap((line, index) => {
    // A table's row cannot be broken, and neither can an address.
    if (path.endsWith('.md') && line.startsWith('|')) return [];
    const columns = countColumns(line.replaceAll(/\b[a-z]+:\/\/\S+/g, ''));
    if (columns <= lineColumnsMax) return [];
    const message = `the line has ${columns} columns, ${lineColumnsMax} are allowed`;
    return [{ path, line: index + 1, rule: 'line-columns', message }];
  });
}

function countColumns(line: string): number {
  let columns = 0;
  for (const character of line) {
    columns = character === '\t' ? columns + tabColumns - (columns % tabColumns) : columns + 1;
  }
  return columns;
}

function checkFileLines({ path, text }: SourceFile): readonly Problem[] {
  if (!isCode(path) || path.includes('.gen.')) return [];
  const lines = text.trimEnd().split('\n').length;
  if (lines <= fileLinesMax) return [];
  const message = `the file has ${lines} lines, ${fileLinesMax} are allowed: split it by idea`;
  return [{ path, rule: 'file-lines', message }];
}

/** C and C++ only, by the layout that clang-format enforces. The linter checks TypeScript. */
function checkFunctionLines({ path, text }: SourceFile): readonly Problem[] {
  if (!/\.(?:c|h|cc)$/.test(path) || path.includes('.gen.')) return [];
  const problems: Problem[] = [];
  let start = 0;
  text.split('\n').forEach((line, index) => {
    if (line === '{') start = index + 1;
    if (line !== '}' || start === 0) return;
    const count = index + 2 - start;
    if (count > functionLinesMax) {
      const message = `the function has ${count} lines, ${functionLinesMax} are allowed`;
      problems.push({ path, line: start, rule: 'function-lines', message });
    }
    start = 0;
  });
  return problems;
}

type BannedText = { readonly pattern: RegExp; readonly message: string; readonly only?: RegExp };

const bannedTexts: readonly BannedText[] = [
  { pattern: /\bTODO\b(?!\(#\d+\):)/, message: "write 'TODO(#123): …' with an issue, or do it" },
  { pattern: /\bFIXME\b/, message: 'correct it, or write TODO with an issue' },
  { pattern: /\.only\(/, message: 'this keeps all other tests from running', only: /\.ts$/ },
  { pattern: /\.skip\(|\bskip: true\b/, message: 'a test runs or goes', only: /\.ts$/ },
  { pattern: /\bas any\b/, message: 'give it a type', only: /\.tsx?$/ },
  { pattern: /@ts-(?:ignore|nocheck)\b/, message: 'give it a type', only: /\.tsx?$/ },
  { pattern: /'(?:gcc|g\+\+)'/, message: 'clang is what set-up installs', only: /\.ts$/ },
  { pattern: /\bbpf_printk\b/, message: 'count it: a trace line is lost', only: /\.(?:c|h)$/ },
];

function checkBannedText({ path, text }: SourceFile): readonly Problem[] {
  if (!isCode(path) && !path.endsWith('.md')) return [];
  return text.split('\n').flatMap((line, index) =>
    bannedTexts.flatMap(({ pattern, message, only }) => {
      const found = only === undefined || only.test(path) ? pattern.exec(line) : null;
      if (found === null) return [];
      const words = `'${found[0].trim()}': ${message}`;
      return [{ path, line: index + 1, rule: 'banned-text', message: words }];
    }),
  );
}

const hostName =
  /\b(?:(?:deb|ftp|security|snapshot|archive)\.(?:[a-z]+\.)?debian\.org|registry\.npmjs\.org)\b/i;

/** Registries and mirrors belong to the machine's configuration, not to the repository. */
function checkHostNames({ path, text }: SourceFile): readonly Problem[] {
  return text.split('\n').flatMap((line, index) => {
    const found = hostName.exec(line);
    if (found === null) return [];
    const message = `'${found[0]}': take addresses of registries and mirrors from the machine`;
    return [{ path, line: index + 1, rule: 'host-name', message }];
  });
}

const bannedWords = new Set(
  'util utils helper helpers common misc manager handler handlers service'.split(' '),
);

function checkFileName({ path }: SourceFile): readonly Problem[] {
  const words = path.replace(/\.[^./]+$/, '').split(/[/._-]/);
  const banned = words.find((word) => bannedWords.has(word));
  if (banned === undefined) return [];
  const message = `'${banned}' says nothing about what is inside: name the thing`;
  return [{ path, rule: 'file-name', message }];
}

function checkDocumentTitle({ path, text }: SourceFile): readonly Problem[] {
  if (!path.endsWith('.md')) return [];
  const titles = text.replaceAll(/^```[\s\S]*?^```/gm, '').match(/^# .+$/gm) ?? [];
  if (titles.length === 1) return [];
  const message = `the document has ${titles.length} titles ('# …'), it needs one`;
  return [{ path, rule: 'document-title', message }];
}
