// SPDX-License-Identifier: Apache-2.0
// Formats a policy file, or a rule test with rules inside: one layout for all, whoever wrote it.
// Values, keys, their order and all comments stay. What comes out is read again and compared with
// what went in; where they differ, the file is refused and stays as it was.

import {
  Composer,
  type CST,
  type Document,
  isScalar,
  Lexer,
  Parser,
  type Scalar,
  visit,
} from 'yaml';
import { createDiagnostic, type Diagnostic } from '../diagnostics.ts';
import { mapScalar } from '../policy/scalar-offsets.ts';
import { createSourceFile, locateOffsets, type SourceFile } from '../source-text.ts';
import { type FormattedExpression, formatExpression } from './format-expression.ts';
import { listExpressions } from './policy-expressions.ts';
import { printLayoutTree } from './print-layout-tree.ts';
import type { ScalarTable } from './print-scalar.ts';
import { readLayoutTree } from './read-layout-tree.ts';
import { findDifference } from './same-meaning.ts';

export type FormattedPolicy =
  | {
      readonly kind: 'formatted';
      readonly text: string;
      readonly isChanged: boolean;
      /** Warnings about expressions that stayed as they were. */
      readonly problems: readonly Diagnostic[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly Diagnostic[] };

const tooDeep = 'it is nested too deeply';

/** Formats the text of a file; never throws on it. */
export function formatPolicy(path: string, text: string): FormattedPolicy {
  const normal = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const file = createSourceFile(path, normal);
  try {
    return formatFile(file, text);
  } catch (error) {
    // Reading and writing are recursive, so a deeply nested document ends them.
    if (!(error instanceof RangeError)) throw error;
    return refuse(createDiagnostic('FR4001', { reason: tooDeep }, atStart(file)));
  }
}

function refuse(...problems: readonly Diagnostic[]): FormattedPolicy {
  return { kind: 'refused', problems };
}

function atStart(file: SourceFile) {
  return locateOffsets(file, 0, 1);
}

type Parsed = {
  readonly tokens: readonly CST.Token[];
  readonly documents: readonly Document.Parsed[];
};

function parseYaml(text: string): Parsed {
  const tokens = [...new Parser().parse(text)];
  const composer = new Composer({
    keepSourceTokens: true,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  return { tokens, documents: [...composer.compose(tokens)] };
}

function formatFile(file: SourceFile, original: string): FormattedPolicy {
  const { tokens, documents } = parseYaml(file.text);
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    return refuse(
      ...errors.map(({ message, pos }) => {
        // The YAML reader is recursive too, and reports its own stack as an error of the text.
        const isDeep = message.includes('call stack');
        const reason = isDeep ? tooDeep : (message.split('\n', 1)[0] ?? message);
        return createDiagnostic('FR4001', { reason }, locateOffsets(file, pos[0], pos[1]));
      }),
    );
  }
  const [document, second] = documents;
  // The beginning of a document alone makes an empty one.
  const isEmpty = document === undefined || (isNothing(document) && second === undefined);
  if (isEmpty) return refuse(createDiagnostic('FR4005', {}, atStart(file)));
  if (second !== undefined) {
    const reason = 'it has more than one document';
    return refuse(createDiagnostic('FR6001', { reason }, atStart(file)));
  }
  const layout = readLayoutTree(file, tokens);
  if ('what' in layout) {
    const { what, offset } = layout;
    const place = locateOffsets(file, offset, offset + 1);
    return refuse(createDiagnostic('FR6001', { reason: `it has ${what}` }, place));
  }
  const expressions = formatExpressions(file, document);
  const text = printLayoutTree({ scalars: listScalars(document), expressions }, layout);
  const difference = findFault(file.text, document, text);
  if (difference !== null) {
    const reason = `formatting would change ${difference}`;
    return refuse(createDiagnostic('FR6001', { reason }, atStart(file)));
  }
  const problems = [...expressions.values()].flatMap((expression) => {
    if (expression.kind !== 'broken') return [];
    const { problem } = expression;
    return [createDiagnostic('FR6002', { reason: problem.message }, problem)];
  });
  return { kind: 'formatted', text, isChanged: text !== original, problems };
}

function isNothing({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function listScalars(document: Document): ScalarTable['scalars'] {
  const scalars = new Map<unknown, Scalar>();
  visit(document, {
    Scalar: (_, node) => {
      if (node.srcToken !== undefined) scalars.set(node.srcToken, node);
    },
  });
  return scalars;
}

function formatExpressions(file: SourceFile, document: Document): ScalarTable['expressions'] {
  const expressions = new Map<unknown, FormattedExpression>();
  for (const scalar of listExpressions(document)) {
    const { value, type = 'PLAIN', range, srcToken } = scalar;
    if (typeof value !== 'string' || !range || srcToken === undefined) continue;
    const source = mapScalar(file, value, type, [range[0], range[1]]);
    expressions.set(srcToken, formatExpression(source));
  }
  return expressions;
}

/** Reads the result again; returns what is wrong with it, or null. */
function findFault(before: string, document: Document, after: string): string | null {
  const { documents } = parseYaml(after);
  const [result, second] = documents;
  if (result === undefined || second !== undefined || result.errors.length > 0) return 'the YAML';
  const isSame = listYamlComments(before).join('\n') === listYamlComments(after).join('\n');
  return isSame ? findDifference(document, result) : 'a comment';
}

/** Lists the comments outside of scalars, in order of their text. */
function listYamlComments(text: string): readonly string[] {
  const comments: string[] = [];
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!isScalar && lexeme.startsWith('#')) comments.push(lexeme.trimEnd());
    // The YAML lexer puts this character in front of every scalar.
    isScalar = lexeme === '\u001f';
  }
  return comments.sort();
}
