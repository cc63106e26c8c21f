// SPDX-License-Identifier: Apache-2.0
// Language cases as text, easy to read and to review:
//
//     # name of the case
//     source, any number of lines
//     ==> tree
//     what is expected
//
// A case has one or more expectations. Formatting a parsed file gives the same file again.

export type Expectation = { readonly kind: string; readonly text: string };

export type LanguageCase = {
  readonly name: string;
  readonly source: string;
  readonly expectations: readonly Expectation[];
};

/** Parses a file of cases; a case without expectations is an error of its author. */
export function parseCases(text: string): readonly LanguageCase[] {
  return text
    .split(/^# /m)
    .slice(1)
    .map((block) => {
      const [head = '', ...sections] = block.split(/^==> /m);
      const [name = '', ...source] = head.split('\n');
      if (sections.length === 0) throw new Error(`the case "${name}" expects nothing`);
      const expectations = sections.map((section): Expectation => {
        const [kind = '', ...lines] = section.split('\n');
        return { kind, text: lines.join('\n').trim() };
      });
      return { name, source: source.join('\n').trimEnd(), expectations };
    });
}

/** Writes cases in the form that `parseCases` reads. */
export function formatCases(cases: readonly LanguageCase[]): string {
  return cases
    .map(({ name, source, expectations }) => {
      const sections = expectations.map(({ kind, text }) => `==> ${kind}\n${text}\n`);
      return `# ${name}\n${source}\n${sections.join('')}`;
    })
    .join('\n');
}
