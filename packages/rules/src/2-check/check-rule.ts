// SPDX-License-Identifier: Apache-2.0
// Checks whole rules and macros. A rule is a boolean about exactly one event type. A rule that does
// not read the result of its operation accepts calls that succeeded and calls that were refused for
// lack of permission, whatever other rules ask for: that is its `guard`.

import { type EventType, fieldsByName, integerConstants } from '@fimbul/schema';
import { parseExpression } from '../1-parse/parser.ts';
import type { Tree } from '../1-parse/tree.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics.ts';
import { createPlainExpression, getSpanText, locateSpan, type Span } from '../source-text.ts';
import { checkTree, toCondition } from './check.ts';
import { eventModel, isDeclaredWhole } from './field-model.ts';
import { makeInteger } from './intervals.ts';
import { readInteger } from './read-value.ts';
import { bindRegisters } from './registers.ts';
import { type CheckContext, createScope, report, type Scope, withdrawProblems } from './scope.ts';
import { type BoolNode, combine } from './typed.ts';
import { reportUnfilled } from './unfilled.ts';
import { type WrittenFile, writtenFiles } from './written-file.ts';

export type { CheckContext, Macro } from './scope.ts';

/** A rule on one event type. */
export type RuleVariant = {
  readonly eventType: EventType;
  /** What `fim.write.file` stands for in it, such as `open.file`; null for ordinary rules. */
  readonly changedFile: string | null;
  readonly condition: BoolNode;
  readonly guard: BoolNode | null;
};

export type CheckedRule = { readonly problems: readonly Diagnostic[] } & (
  | {
      readonly kind: 'rule';
      /** One, or those that `fim.write.file` makes on event types that are produced here. */
      readonly variants: readonly RuleVariant[];
    }
  | { readonly kind: 'not-applicable'; readonly event: string }
  | { readonly kind: 'rejected' }
);

/** Checks the expression of a rule. */
export function checkRule(tree: Tree, context: CheckContext): CheckedRule {
  // Whether a rule is about `fim.write.file` shows when its names are resolved.
  const scope = createRuleScope(context, 'open.file');
  const condition = checkCondition(scope, tree);
  if (scope.writtenFile !== null) return checkWrittenFile(tree, context, scope);
  forgiveForeignNames(scope);
  const [first, second] = scope.events;
  if (first && second) {
    report(scope, 'FR1104', { first: first[0], second: second[0] }, second[1]);
  } else if (!first && !scope.hasErrors) {
    report(scope, 'FR1105', {}, tree.span);
  }
  if (scope.hasErrors || !first) return { kind: 'rejected', problems: scope.problems };
  const [eventType, span] = first;
  // Names of event types that are known in part give no condition, and are no errors.
  if (!context.events.has(eventType) || condition === null) {
    return rejectEvent(scope, eventType, span);
  }
  reportUnfilled(scope);
  const guard = makeGuard(scope, eventType, tree.span);
  const variant = { eventType, changedFile: null, condition, guard };
  return { kind: 'rule', variants: [variant], problems: scope.problems };
}

/** Of an event type that is neither produced here nor known whole, no name is surely a mistake. */
function forgiveForeignNames(scope: Scope): void {
  const isKnownInPart = (event: EventType) =>
    !scope.context.events.has(event) && !isDeclaredWhole(event);
  if (scope.events.keys().some(isKnownInPart)) withdrawProblems(scope, scope.foreignNames);
}

function createRuleScope(context: CheckContext, changedFile: string): Scope {
  return createScope({ context, model: eventModel, changedFile, owner: 'a rule' });
}

/** Checks a condition with the registers that it names. */
function checkCondition(scope: Scope, tree: Tree): BoolNode | null {
  const condition = toCondition(scope, checkTree(scope, tree));
  return condition && bindRegisters(condition, scope.registers.values());
}

function rejectEvent(scope: Scope, event: string, span: Span): CheckedRule {
  const problem = createDiagnostic('FR3001', { event }, locateSpan(span));
  return { kind: 'not-applicable', event, problems: [...scope.problems, problem] };
}

/** Makes the rules of `fim.write.file`. */
function checkWrittenFile(tree: Tree, context: CheckContext, first: Scope): CheckedRule {
  const wanted = writtenFiles.filter(({ eventType }) => context.events.has(eventType));
  const variants: RuleVariant[] = [];
  const problems = new Map<string, Diagnostic>();
  let hasErrors = false;
  // What is wrong for all of them is told once.
  const collect = (scope: Scope) => {
    hasErrors ||= scope.hasErrors;
    for (const problem of scope.problems) {
      const key = `${problem.code} ${problem.line} ${problem.column}`;
      if (!problems.has(key)) problems.set(key, problem);
    }
  };
  for (const file of wanted) {
    const scope = createRuleScope(context, file.changedFile);
    const condition = checkCondition(scope, tree);
    reportMixture(scope);
    if (!scope.hasErrors) reportUnfilled(scope);
    collect(scope);
    if (hasErrors || condition === null) continue;
    variants.push(makeVariant(file, condition, tree.span));
  }
  if (wanted.length === 0) {
    if (!first.hasErrors)
      return rejectEvent(first, 'fim.write.file', first.writtenFile ?? tree.span);
    collect(first);
  }
  if (hasErrors) return { kind: 'rejected', problems: [...problems.values()] };
  return { kind: 'rule', variants, problems: [...problems.values()] };
}

function reportMixture(scope: Scope): void {
  for (const [event, span] of scope.events) {
    report(scope, 'FR1115', { name: getSpanText(span), event }, span);
  }
}

function makeVariant(file: WrittenFile, condition: BoolNode, span: Span): RuleVariant {
  const { eventType, changedFile } = file;
  const change = file.condition === null ? null : checkChange(eventType, file.condition);
  const guard = makeGuard(null, eventType, span);
  const whole = change === null ? condition : combine('and', [condition, change]);
  return { eventType, changedFile, condition: whole, guard };
}

/** The condition that makes an event a change; it is ours, so it has no mistakes. */
function checkChange(eventType: EventType, text: string): BoolNode {
  const { tree } = parseExpression(createPlainExpression('fim.write.file', text));
  const context = { macros: new Map(), variables: new Map(), events: new Set([eventType]) };
  const node = tree && checkCondition(createRuleScope(context, 'open.file'), tree);
  if (!node) throw new Error(`the fields of ${eventType} that tell a change are not declared`);
  return node;
}

/** Checks a macro by itself; it is broken when one of the problems is an error. */
export function checkMacro(tree: Tree, context: CheckContext): readonly Diagnostic[] {
  const scope = createScope({ context, model: eventModel, changedFile: null, owner: 'a macro' });
  checkTree(scope, tree);
  forgiveForeignNames(scope);
  return scope.problems;
}

/** `scope` is null for a rule that cannot have read the result. */
function makeGuard(scope: Scope | null, eventType: EventType, span: Span): BoolNode | null {
  const result = fieldsByName.get(`${eventType}.retval`);
  if (!result || scope?.fieldsRead.has(result.name)) return null;
  const subject = readInteger(result);
  const refusals = ['EPERM', 'EACCES']
    .map((name) => integerConstants.get(name))
    .filter((value) => value !== undefined);
  return combine('or', [
    { kind: 'order', operator: '>=', left: subject, right: makeInteger(0n), span },
    { kind: 'one-of', subject, values: refusals, span },
  ]);
}
