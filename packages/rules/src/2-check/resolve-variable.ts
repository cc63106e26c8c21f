// SPDX-License-Identifier: Apache-2.0
// What stands in `${}`: a variable that some `set` action makes, or one of the few that the
// language brings along.

import { quote } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import type { Span } from '../source-text.ts';
import type { Operand } from './operand.ts';
import { readDerived, readListLength, readSource } from './read-value.ts';
import { resolveField } from './resolve-field.ts';
import { report, type Scope } from './scope.ts';
import type { VariableSpec } from './variables.ts';

/** Variables that are always there: the field that one reads, or null for a fresh text. */
const builtins: ReadonlyMap<string, string | null> = new Map([
  ['process.pid', 'process.pid'],
  ['builtins.uuid4', null],
]);

const lengthEnd = '.length';

export function resolveVariable(scope: Scope, name: string, span: Span): Operand {
  const variable = scope.context.variables.get(name);
  if (variable) return readVariable(variable, span);
  const builtin = scope.model.hasEvents ? builtins.get(name) : undefined;
  if (builtin === null) return readSource({ from: 'uuid' }, span);
  const field = builtin === undefined ? null : resolveField(scope, builtin, span);
  return field ?? resolveLength(scope, name, span) ?? rejectVariable(scope, name, span);
}

function readVariable(variable: VariableSpec, span: Span): Operand {
  if (!variable.list) return readSource({ from: 'variable', variable }, span);
  return { type: 'list', list: { from: 'variable', variable }, derivation: 'value', span };
}

function resolveLength(scope: Scope, name: string, span: Span): Operand | null {
  if (!name.endsWith(lengthEnd)) return null;
  const base = name.slice(0, -lengthEnd.length);
  const variable = scope.context.variables.get(base);
  if (!variable) return null;
  if (variable.list) return readListLength({ from: 'variable', variable }, span);
  if (variable.type === 'string')
    return readDerived('length', { from: 'variable', variable }, span);
  report(scope, 'FR1108', { name: `\${${base}}` }, span);
  return { type: 'failed', span };
}

function rejectVariable(scope: Scope, name: string, span: Span): Operand {
  const words = { name: quote(name), suggestion: suggest(scope, name) };
  report(scope, 'FR1109', words, span);
  return { type: 'failed', span };
}

function suggest(scope: Scope, name: string): string {
  if (scope.model.findField(name)) return `a field is read as %{${name}}`;
  const none = 'a set action of some rule has to make it';
  if (--scope.suggestionsLeft < 0) return none;
  return suggestName(name, [...scope.context.variables.keys(), ...builtins.keys()], none);
}
