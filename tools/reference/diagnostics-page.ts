// SPDX-License-Identifier: Apache-2.0
// The reference page of diagnostics: what each code means, why, and what to do.

import {
  type CatalogueEntry,
  diagnosticCatalogue,
} from '../../packages/rules/src/diagnostic-catalogue.ts';
import { code, page, paragraph } from './markdown.ts';

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function describeDiagnostic(id: string, entry: CatalogueEntry): string {
  // Where the whole advice depends on the place, there is nothing to say of it here.
  const isFixed = !/^\{\w+\}$/.test(entry.advice);
  return [
    `## ${id}`,
    `${capitalise(entry.severity)}: ${code(entry.message)}`,
    paragraph(entry.explanation),
    ...(isFixed ? [paragraph(`What to do: ${entry.advice}.`)] : []),
  ].join('\n\n');
}

const introduction = paragraph(
  'What `fimbul rules check` and the agent say of policies. An **error** costs the rule or macro ' +
    'it is in, and no other. A **warning** says that something means less than its author may ' +
    'think. An **info** is worth knowing. Codes are stable: none is ever used for something ' +
    'else. Words in braces stand for what was found.',
);

/** Writes the page. */
export function writeDiagnosticsPage(): string {
  const entries: [string, CatalogueEntry][] = Object.entries(diagnosticCatalogue);
  return page('Diagnostics', 'packages/rules/src/diagnostic-catalogue.ts', [
    introduction,
    ...entries
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, entry]) => describeDiagnostic(id, entry)),
  ]);
}
