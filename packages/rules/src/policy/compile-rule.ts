// SPDX-License-Identifier: Apache-2.0
// From a selected rule to the rules that it stands for: one, or, of `fim.write.file`, one for each
// event type that changes files. What is wrong with any part of a rule is wrong with the rule.

import type { FieldSpec } from '@fimbul/schema';
import { parseExpression } from '../1-parse/parser.ts';
import { findSwallowingComments } from '../1-parse/swallowing-comment.ts';
import { checkField } from '../2-check/check-action.ts';
import { type CheckContext, checkRule, type RuleVariant } from '../2-check/check-rule.ts';
import type { CompiledAction } from '../actions.ts';
import { createDiagnostic, type Diagnostic, quote } from '../diagnostics.ts';
import { locateSpan } from '../source-text.ts';
import { compileActions } from './compile-action.ts';
import type { SelectedRule } from './select-rules.ts';

export type CompiledVariant = RuleVariant & {
  readonly actions: readonly CompiledAction[];
  readonly limiterToken: readonly FieldSpec[];
};

export type RuleResult = { readonly problems: readonly Diagnostic[] } & (
  | { readonly kind: 'rule'; readonly variants: readonly CompiledVariant[] }
  | { readonly kind: 'not-applicable' | 'rejected' }
);

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

/** Compiles a rule; `declared` are the problems of the variables that it sets. */
export function compileRule(
  rule: SelectedRule,
  context: CheckContext,
  declared: readonly Diagnostic[],
): RuleResult {
  const { tree, problem } = parseExpression(rule.expression);
  const before = [...declared, ...findSwallowingComments(rule.expression)];
  if (tree === null) return { kind: 'rejected', problems: [...before, problem] };
  const result = checkRule(tree, context);
  const problems = [...before, ...result.problems];
  if (result.kind !== 'rule') {
    const isBroken = problems.some(isError);
    return { kind: isBroken ? 'rejected' : result.kind, problems };
  }
  const variants = result.variants.map((variant): CompiledVariant => {
    const { actions, problems: found } = compileActions(rule, variant, context);
    problems.push(...found);
    const limiterToken = compileToken(rule, variant, context, problems);
    return { ...variant, actions, limiterToken };
  });
  if (problems.some(isError)) return { kind: 'rejected', problems };
  return { kind: 'rule', variants, problems };
}

function compileToken(
  { limiterToken }: SelectedRule,
  variant: RuleVariant,
  context: CheckContext,
  problems: Diagnostic[],
): readonly FieldSpec[] {
  return limiterToken.flatMap((source) => {
    const { field, value, problems: found } = checkField(source, context, variant);
    problems.push(...found);
    if (field === null || value === null) return [];
    // What is derived from a field, or an entry of it, has no accessor of its own.
    const { node } = value.type === 'values' ? { node: null } : value;
    const isPlain =
      node !== null &&
      (('from' in node && node.from === 'field') ||
        ('source' in node && node.source.from === 'field'));
    if (isPlain) return [field];
    const span = { source, start: 0, end: source.text.length };
    const words = { found: quote(source.text) };
    problems.push(createDiagnostic('FR4032', words, locateSpan(span)));
    return [];
  });
}
