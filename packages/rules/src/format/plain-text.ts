// SPDX-License-Identifier: Apache-2.0
// Which text may stand in a YAML file without quotes. Stricter than YAML asks for: what another
// version or reader of YAML takes for a number, a date or a boolean keeps its quotes.

import { isPlainLine } from './format-expression.ts';

/** Words that some version of YAML reads as a boolean or as nothing. */
const specialWords = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', '~']);

/** True for text that a scalar without quotes can hold; it may still be read as a number. */
export function canBePlain(text: string, isInFlow: boolean): boolean {
  if (text === '' || text.trim() !== text || !isPlainLine(text)) return false;
  if (/^[,[\]{}#&*!|>'"%@`]/.test(text) || /^[-?:](?:\s|$)/.test(text)) return false;
  if (/^(?:---|\.\.\.)/.test(text)) return false;
  if (/:(?:\s|$)|\s#/.test(text)) return false;
  return !isInFlow || !/[,[\]{}]|^[-?:]/.test(text);
}

/** True for text that is text without quotes too, whoever reads it. */
export function isTextForAll(text: string, isInFlow: boolean): boolean {
  if (specialWords.has(text.toLowerCase())) return false;
  // Readers of YAML 1.1 take these for signs of the collection.
  if (isInFlow && /[:?]/.test(text)) return false;
  // Operators of the language occur in no number and no date.
  return /^[A-Za-z_/$^(]/.test(text) || /[=<>&|()[\]"]/.test(text);
}

/** Writes text between quotes, double ones unless that needs escapes. */
export function quoteText(text: string): string {
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

/** Breaks text at single spaces so that lines, which YAML joins by a space, fit a width. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    if (current === '') {
      current = word;
    } else if ([...current].length + 1 + [...word].length <= width) {
      current += ` ${word}`;
    } else {
      lines.push(current);
      current = word;
    }
  }
  lines.push(current);
  return lines;
}
