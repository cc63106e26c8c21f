// SPDX-License-Identifier: Apache-2.0
// Parses and checks macros. A broken one is known by name, so that rules which use it are left out
// with a pointer to its error.

import { parseMacro } from '../1-parse/parser.ts';
import { findSwallowingComments } from '../1-parse/swallowing-comment.ts';
import type { TextTree, Tree } from '../1-parse/tree.ts';
import { checkMacroName } from '../2-check/check-macro-name.ts';
import { type CheckContext, checkMacro, type Macro } from '../2-check/check-rule.ts';
import type { ExpressionText } from '../source-text.ts';
import type { MacroDraft } from './drafts.ts';
import { addProblems, type Report } from './report.ts';
import type { MacroSelection } from './select-macros.ts';

/** Compiles macros; the context has all of them and may be used for rules. */
export function compileMacros(
  report: Report,
  { macros: drafts, alternatives }: MacroSelection,
  rest: Omit<CheckContext, 'macros'>,
): CheckContext {
  const macros = new Map<string, Macro>();
  const context: CheckContext = { macros, ...rest };
  for (const draft of drafts.values()) {
    macros.set(draft.id, { id: draft.id, tree: parse(report, draft) });
  }
  const check = ({ id, place }: MacroDraft, tree: Tree | null): boolean => {
    const wrongName = checkMacroName(id, place);
    const problems = [
      ...(wrongName ? [wrongName] : []),
      ...(tree === null ? [] : checkMacro(tree, context)),
    ];
    addProblems(report, problems, id);
    return problems.every(({ severity }) => severity !== 'error');
  };
  for (const draft of drafts.values()) {
    const { id } = draft;
    if (!check(draft, macros.get(id)?.tree ?? null)) macros.set(id, { id, tree: null });
  }
  for (const draft of alternatives) check(draft, parse(report, draft));
  return context;
}

function parse(report: Report, { id, expression, values }: MacroDraft): Tree | null {
  if (expression === null) return makeValues(values);
  addProblems(report, findSwallowingComments(expression), id);
  const { tree, problem } = parseMacro(expression);
  if (problem) addProblems(report, [problem], id);
  return tree;
}

/** The values of a macro are plain strings: a list as if written in an expression. */
function makeValues(values: readonly ExpressionText[]): Tree | null {
  const [first] = values;
  if (first === undefined) return null;
  const members: TextTree[] = values.map((source) => ({
    kind: 'text',
    text: source.text,
    style: 'string',
    origin: 'values',
    span: { source, start: 0, end: source.text.length },
  }));
  const span = { source: first, start: 0, end: first.text.length };
  return { kind: 'list', members, span };
}
