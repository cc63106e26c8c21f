// SPDX-License-Identifier: Apache-2.0
// Conditions as JavaScript expressions. Emission follows the order of evaluation, so that it knows
// which locals are filled at each point; loops over lists become functions beside the rule.

import type { FieldSpec } from '@fimbul/schema';
import type { BoolNode } from '../2-check/typed.ts';
import { type Code, code, joinCode, makeName } from './code.ts';
import { orderByCost } from './cost.ts';
import { emitList, emitOneOf, emitOrder, emitSource, emitString } from './emit-integer.ts';
import { emitMatchers } from './emit-match.ts';
import { findRepeated, listUses } from './field-uses.ts';
import {
  type EmitModule,
  type EmitScope,
  type Filled,
  makeLocals,
  readElement,
  readField,
} from './scope.ts';

type Emitted = {
  readonly code: Code;
  /** Locals that are certainly filled after it was evaluated. */
  readonly filled: Filled;
};

type NodeOf<Kind extends BoolNode['kind']> = Extract<BoolNode, { readonly kind: Kind }>;

/** Emits the function of a rule. */
export function emitRule(module: EmitModule, name: Code, parts: readonly BoolNode[]): Code {
  const fields = parts.flatMap((part) => listUses(part).fields);
  const locals = makeLocals(findRepeated(fields));
  const scope: EmitScope = { module, locals, parameters: new Map(), touched: new Set() };
  const conditions: Code[] = [];
  let filled: Filled = new Set();
  for (const part of parts) {
    const emitted = emitCondition(scope, part, filled);
    conditions.push(emitted.code);
    filled = emitted.filled;
  }
  const names = [...locals.values()];
  const declarations = names.length === 0 ? code`` : code`let ${joinCode(names, ', ')}; `;
  return code`function ${name}(e) { ${declarations}return ${joinCode(conditions, ' && ')}; }`;
}

function emitCondition(scope: EmitScope, node: BoolNode, filled: Filled): Emitted {
  switch (node.kind) {
    case 'and':
    case 'or':
      return emitLogic(scope, node, filled);
    case 'not': {
      const operand = emitCondition(scope, node.operand, filled);
      return { code: code`!${operand.code}`, filled: operand.filled };
    }
    case 'same-bool': {
      const left = emitCondition(scope, node.left, filled);
      const right = emitCondition(scope, node.right, left.filled);
      return { code: code`(${left.code} === ${right.code})`, filled: right.filled };
    }
    default:
      return emitLeaf(scope, node, filled);
  }
}

function emitLogic(scope: EmitScope, node: NodeOf<'and' | 'or'>, filled: Filled): Emitted {
  const operands: Emitted[] = [];
  let current = filled;
  for (const operand of orderByCost(node.operands)) {
    const emitted = emitCondition(scope, operand, current);
    operands.push(emitted);
    current = emitted.filled;
  }
  const separator = node.kind === 'and' ? ' && ' : ' || ';
  const pieces = operands.map((operand) => operand.code);
  // Only the first operand is evaluated for certain.
  return { code: code`(${joinCode(pieces, separator)})`, filled: operands[0]?.filled ?? filled };
}

/** Emits a node that evaluates everything in it, from left to right. */
function emitLeaf(
  scope: EmitScope,
  node: Exclude<BoolNode, NodeOf<'and' | 'or' | 'not' | 'same-bool'>>,
  filled: Filled,
): Emitted {
  const after = fill(scope, filled, node);
  switch (node.kind) {
    case 'bool':
      return { code: node.value ? code`true` : code`false`, filled };
    case 'bool-value':
      return { code: emitSource(scope, node.source, filled), filled: after };
    case 'ip-match':
    case 'exists':
      throw new Error(`cannot emit ${node.kind}`);
    case 'order':
      return { code: emitOrder(scope, node, filled), filled: after };
    case 'one-of':
      return { code: emitOneOf(scope, node.subject, node.values, filled), filled: after };
    case 'same-string': {
      const left = emitString(scope, node.left, filled);
      const right = emitString(scope, node.right, filled);
      return { code: code`(${left} === ${right})`, filled: after };
    }
    case 'string-match': {
      const first = emitString(scope, node.subject, filled);
      const again = emitString(scope, node.subject, after);
      const { constants } = scope.module;
      return { code: emitMatchers(constants, node.matchers, first, again), filled: after };
    }
    case 'any':
      return { code: emitAny(scope, node, filled), filled: after };
  }
}

/** Adds the locals that evaluating a node fills. */
function fill(scope: EmitScope, filled: Filled, node: BoolNode): Filled {
  const added = listUses(node).fields.filter((field) => scope.locals.has(field));
  return added.every((field) => filled.has(field)) ? filled : new Set([...filled, ...added]);
}

/** Emits a loop as a function of the list and of all else that its condition reads. */
function emitAny(scope: EmitScope, node: NodeOf<'any'>, filled: Filled): Code {
  const { module } = scope;
  const uses = listUses(node.condition);
  const fields = [...new Set(uses.fields)];
  const elements = [...new Set(uses.elements)].filter((binding) => binding !== node.binding);
  const outside = [...fields, ...elements];
  const names = outside.map((_, index) => makeName('p', index));
  const element = makeName('p', outside.length);
  const inner: EmitScope = {
    module,
    locals: new Map(),
    parameters: new Map([
      ...outside.map((key, index): [FieldSpec | number, Code] => [key, makeName('p', index)]),
      [node.binding, element],
    ]),
    touched: new Set(),
  };
  const condition = emitCondition(inner, node.condition, new Set()).code;
  const name = makeName('q', module.quantifiers.length);
  const parameters = joinCode([code`list`, ...names], ', ');
  module.quantifiers.push(code`function ${name}(${parameters}) {
  for (let i = 0; i < list.length; i++) {
    const ${element} = list[i];
    if (${condition}) return true;
  }
  return false;
}`);
  const values = [
    emitList(scope, node.list, filled),
    ...fields.map((field) => readField(scope, field, filled)),
    ...elements.map((binding) => readElement(scope, binding)),
  ];
  return code`${name}(${joinCode(values, ', ')})`;
}
