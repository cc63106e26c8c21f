// SPDX-License-Identifier: Apache-2.0
// Checks what belongs to a rule beside its expression: the filters, values, fields and messages of
// its actions. They may read the fields of the rule's own event type.

import type { FieldSpec, FieldType } from '@fimbul/schema';
import type { Tree } from '../1-parse/tree.ts';
import { type Diagnostic, shorten } from '../diagnostics.ts';
import type { ExpressionText, Span } from '../source-text.ts';
import { checkTree, toCondition } from './check.ts';
import type { CheckContext, RuleVariant } from './check-rule.ts';
import { checkInterpolation } from './check-template.ts';
import { eventModel, type FieldModel } from './field-model.ts';
import { findDerived, parseFieldPath } from './field-path.ts';
import type { Operand } from './operand.ts';
import { bindRegisters } from './registers.ts';
import { rejectName, resolveField } from './resolve-field.ts';
import { createScope, report, type Scope } from './scope.ts';
import { toValue } from './to-value.ts';
import type { BoolNode, StringNode, ValueNode } from './typed.ts';
import { reportUnfilled } from './unfilled.ts';

/** The rule that an action belongs to. */
export type ActionOwner = Pick<RuleVariant, 'eventType' | 'changedFile'>;

type Problems = { readonly problems: readonly Diagnostic[] };

function createActionScope(context: CheckContext, { changedFile }: ActionOwner): Scope {
  const owner = 'an action of a rule that is not about it';
  return createScope({ context, model: eventModel, changedFile, owner });
}

/** Sees to it that an action reads nothing of other event types; true when all is well. */
function finish(scope: Scope, { eventType }: ActionOwner): boolean {
  for (const [event, span] of scope.events) {
    if (event !== eventType) report(scope, 'FR1104', { first: eventType, second: event }, span);
  }
  if (!scope.hasErrors) reportUnfilled(scope);
  return !scope.hasErrors;
}

/** Registers choose nothing in a value. */
function rejectRegisters(scope: Scope): void {
  for (const [name, { span }] of scope.registers)
    report(scope, 'FR1114', { name: shorten(name) }, span);
}

/** Checks the `filter` of an action. */
export function checkCondition(
  tree: Tree,
  context: CheckContext,
  owner: ActionOwner,
): Problems & { readonly node: BoolNode | null } {
  const scope = createActionScope(context, owner);
  const condition = toCondition(scope, checkTree(scope, tree));
  const node = condition && bindRegisters(condition, scope.registers.values());
  return { node: finish(scope, owner) ? node : null, problems: scope.problems };
}

/** Checks the `expression` of a `set` action, which was parsed like a macro. */
export function checkValue(
  tree: Tree,
  context: CheckContext,
  owner: ActionOwner,
): Problems & { readonly value: ValueNode | null } {
  const scope = createActionScope(context, owner);
  const operand = checkTree(scope, tree);
  if (operand.type === 'bool') {
    const node = bindRegisters(operand.node, scope.registers.values());
    const value = finish(scope, owner) ? ({ type: 'bool', node } as const) : null;
    return { value, problems: scope.problems };
  }
  rejectRegisters(scope);
  const value = toValue(scope, operand);
  return { value: finish(scope, owner) ? value : null, problems: scope.problems };
}

function spanWhole(source: ExpressionText): Span {
  return { source, start: 0, end: source.text.length };
}

function resolveWhole(scope: Scope, source: ExpressionText): Operand {
  const span = spanWhole(source);
  const name = source.text.trim();
  return resolveField(scope, name, span) ?? rejectName(scope, name, span, []);
}

/** Checks the name of a field alone, as in `field` of a `set` action or in `limiter_token`. */
export function checkField(
  source: ExpressionText,
  context: CheckContext,
  owner: ActionOwner,
): Problems & { readonly field: FieldSpec | null; readonly value: ValueNode | null } {
  const scope = createActionScope(context, owner);
  const operand = resolveWhole(scope, source);
  rejectRegisters(scope);
  const value = toValue(scope, operand);
  const [use] = scope.fieldsRead.values();
  const isValid = finish(scope, owner) && value !== null;
  const { problems } = scope;
  return isValid
    ? { field: use?.field ?? null, value, problems }
    : { field: null, value: null, problems };
}

/** Checks the message of a `log` action. */
export function checkTemplate(
  source: ExpressionText,
  context: CheckContext,
  owner: ActionOwner,
): Problems & { readonly node: StringNode | null } {
  const scope = createActionScope(context, owner);
  const node = checkInterpolation(scope, spanWhole(source));
  rejectRegisters(scope);
  return { node: finish(scope, owner) ? node : null, problems: scope.problems };
}

/**
 * Finds the type of what a field name reads, before it is known to which rule it belongs; null
 * where the name is no field. For the types of variables, which are needed before rules.
 */
export function findValueType(
  name: string,
): { readonly type: FieldType; readonly list: boolean } | null {
  const isWrittenFile = name.startsWith('fim.write.file.');
  const plain = isWrittenFile ? name.replace('fim.write.file.', 'open.file.') : name;
  const path = parseFieldPath(plain);
  const found = findDerived(eventModel, path.name);
  if (!found) return null;
  const { field, derivation } = found;
  const isEntry = path.brackets.some(({ after }) => after === found.base);
  const isElement = path.brackets.some(({ after }) => after === field.iterator);
  const isCount = derivation === 'length' && field.list && !isEntry;
  const isList = (field.iterator !== null && !isElement) || (field.list && !isEntry && !isCount);
  return { type: derivation === 'length' ? 'int' : field.type, list: isList };
}

/** Checks an expression of `filters` against the facts of a host. */
export function checkHostFilter(
  tree: Tree,
  model: FieldModel,
): Problems & { readonly node: BoolNode | null } {
  const context = { macros: new Map(), variables: new Map(), events: new Set([]) } as const;
  const scope = createScope({ context, model, changedFile: null, owner: 'a filter' });
  const condition = toCondition(scope, checkTree(scope, tree));
  const node = condition && bindRegisters(condition, scope.registers.values());
  return { node: scope.hasErrors ? null : node, problems: scope.problems };
}
