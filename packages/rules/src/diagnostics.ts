// SPDX-License-Identifier: Apache-2.0
// Making diagnostics: a code of the catalogue, the words it needs, and a place. All that is wrong
// with a user's text is returned in this form; nothing here or above throws on it.

import { type DiagnosticCode, diagnosticCatalogue, type Severity } from './diagnostic-catalogue.ts';
import type { Place } from './source-text.ts';

/** A plain object, which is also its JSON form. */
export type Diagnostic = Place & {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, with what. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** The rule or macro it is about. */
  readonly rule: string | null;
};

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Catalogue = typeof diagnosticCatalogue;

/** The words that the message and the advice of a code need. */
export type DiagnosticWords<Code extends DiagnosticCode> = {
  readonly [Name in Placeholders<Catalogue[Code]['message'] | Catalogue[Code]['advice']>]: string;
};

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? '');
}

/** Makes a diagnostic; its rule is set by whoever knows which rule is being compiled. */
export function createDiagnostic<Code extends DiagnosticCode>(
  code: Code,
  words: DiagnosticWords<Code>,
  place: Place,
): Diagnostic {
  const { severity, message, advice } = diagnosticCatalogue[code];
  const { file, line, column, length } = place;
  return {
    code,
    severity,
    file,
    line,
    column,
    length,
    message: fill(message, words),
    advice: fill(advice, words),
    rule: null,
  };
}

/** Makes the diagnostic of a file that could not be read. */
export function reportUnreadable(file: string, words: DiagnosticWords<'FR4033'>): Diagnostic {
  return createDiagnostic('FR4033', words, { file, line: 1, column: 1, length: 1 });
}

/** Shortens a piece of the user's text so that a message stays one line. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

/** Quotes a piece of the user's text, shortened. */
export function quote(text: string): string {
  return `"${shorten(text)}"`;
}
