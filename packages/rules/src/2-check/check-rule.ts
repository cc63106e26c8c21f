// SPDX-License-Identifier: Apache-2.0
// Checks whole rules and macros. A rule is a boolean about exactly one event type. A rule that does
// not read the result of its operation accepts calls that succeeded and calls that were refused for
// lack of permission, whatever other rules ask for: that is its `guard`.

import {
  type FileOperation,
  fieldsByName,
  fileOperations,
  integerConstants,
  type Operation,
} from '@fimbul/schema';
import type { Tree } from '../1-parse/tree.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics.ts';
import { locateSpan } from '../source-text.ts';
import { checkTree, toCondition } from './check.ts';
import { makeInteger } from './intervals.ts';
import { createScope, type Macro, report, type Scope } from './operand.ts';
import { readInteger } from './resolve-name.ts';
import { type BoolNode, combine } from './typed.ts';

export type CheckedRule = { readonly problems: readonly Diagnostic[] } & (
  | {
      readonly kind: 'rule';
      readonly operation: Operation;
      readonly condition: BoolNode;
      readonly guard: BoolNode | null;
    }
  | { readonly kind: 'not-applicable'; readonly event: string }
  | { readonly kind: 'rejected' }
);

/** Checks the expression of a rule. */
export function checkRule(tree: Tree, macros: ReadonlyMap<string, Macro>): CheckedRule {
  const scope = createScope(macros);
  const condition = toCondition(scope, checkTree(scope, tree));
  const [event, other] = scope.events;
  if (scope.absentEvent && event === undefined) {
    const place = locateSpan(scope.absentEvent.span);
    const words = { event: scope.absentEvent.event };
    const problem = createDiagnostic('FR3001', words, place);
    return { kind: 'not-applicable', event: words.event, problems: [problem] };
  }
  if (event && (other || scope.absentEvent)) {
    const second = other ?? [scope.absentEvent?.event ?? '', scope.absentEvent?.span ?? event[1]];
    report(scope, 'FR1104', { first: event[0], second: second[0] }, second[1]);
  } else if (!event && condition) {
    report(scope, 'FR1105', {}, tree.span);
  }
  const isValid = scope.problems.every((problem) => problem.severity !== 'error');
  if (condition === null || !event || !isValid)
    return { kind: 'rejected', problems: scope.problems };
  // Only operations of this agent are noted as events.
  const operation = event[0] as Operation;
  const guard = makeGuard(scope, operation, tree);
  return { kind: 'rule', operation, condition, guard, problems: scope.problems };
}

/** Checks a macro by itself; it is broken when one of the problems is an error. */
export function checkMacro(tree: Tree, macros: ReadonlyMap<string, Macro>): readonly Diagnostic[] {
  const scope = createScope(macros);
  checkTree(scope, tree);
  return scope.absentEvent ? [] : scope.problems;
}

function isFileOperation(operation: Operation): operation is FileOperation {
  return (fileOperations as readonly Operation[]).includes(operation);
}

function makeGuard(scope: Scope, operation: Operation, { span }: Tree): BoolNode | null {
  const result = fieldsByName.get(`${operation}.retval`);
  if (!isFileOperation(operation) || !result || scope.fieldsRead.has(result.name)) return null;
  const subject = readInteger(result);
  const refusals = ['EPERM', 'EACCES']
    .map((name) => integerConstants.get(name))
    .filter((value) => value !== undefined);
  return combine('or', [
    { kind: 'order', operator: '>=', left: subject, right: makeInteger(0n), span },
    { kind: 'one-of', subject, values: refusals, span },
  ]);
}
