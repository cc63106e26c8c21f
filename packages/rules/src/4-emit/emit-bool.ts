// SPDX-License-Identifier: Apache-2.0
// Conditions as JavaScript expressions. What several rules share is decided once for an event; what
// does not depend on the element of a loop is decided before the loop; cheap sides go first.

import { type BoolNode, combine } from '../2-check/typed.ts';
import { type Code, code, joinCode } from './code.ts';
import { orderByCost } from './cost.ts';
import { emitInteger, emitOneOf, emitOrder } from './emit-integer.ts';
import { emitLookup } from './emit-lookup.ts';
import { emitStringMatch } from './emit-match.ts';
import type { EmitModule, Emitters } from './emit-module.ts';
import { emitBinding, emitIp, emitList, emitSource, emitString, isNested } from './emit-value.ts';
import { relatesIpNets } from './ip-nets.ts';

type NodeOf<Kind extends BoolNode['kind']> = Extract<BoolNode, { readonly kind: Kind }>;

/** Emits a condition as an expression of the event `e` and of the elements around it. */
function emitBool(module: EmitModule, node: BoolNode): Code {
  switch (node.kind) {
    case 'bool':
      return node.value ? code`true` : code`false`;
    case 'not':
      return code`!${module.emitBool(node.operand)}`;
    case 'and':
    case 'or': {
      const operands = orderByCost(node.operands).map((operand) => module.emitBool(operand));
      return code`(${joinCode(operands, node.kind === 'and' ? ' && ' : ' || ')})`;
    }
    case 'bool-value':
      return emitSource(module, node.source, code`false`);
    case 'same-bool':
      return code`(${module.emitBool(node.left)} === ${module.emitBool(node.right)})`;
    case 'order':
      return emitOrder(module, node);
    case 'one-of':
      return emitOneOf(module, node.subject, node.values);
    case 'same-string':
      return code`(${emitString(module, node.left)} === ${emitString(module, node.right)})`;
    case 'string-match':
      return emitStringMatch(module, node.subject, node.matchers);
    case 'ip-match':
      return emitIpMatch(module, node);
    case 'any':
    case 'exists':
      return emitQuantifier(module, node);
  }
}

function emitIpMatch(module: EmitModule, node: NodeOf<'ip-match'>): Code {
  const { constants } = module;
  const { relation } = node;
  const test = module.once(`ip ${relation}`, () =>
    constants.add((left: Parameters<typeof relatesIpNets>[1], right: typeof left) =>
      relatesIpNets(relation, left, right),
    ),
  );
  const subject = emitIp(module, node.subject);
  const tests = node.nets.map((net) => code`${test}(${subject}, ${emitIp(module, net)})`);
  return tests.length === 0 ? code`false` : code`(${joinCode(tests, ' || ')})`;
}

type Quantifier = NodeOf<'any' | 'exists'>;

/** Emits a loop as a function of the event and of the elements around it. */
function emitQuantifier(module: EmitModule, node: Quantifier): Code {
  const { before, within } = splitCondition(module, node);
  if (before.length > 0) {
    const inner = { ...node, condition: combine('and', within) };
    return module.emitBool(combine('and', [...before, inner]));
  }
  const lookup = node.kind === 'any' ? emitLookup(module, node) : null;
  if (lookup !== null) return lookup;
  const outer = module.nodes.describe(node).free.map(emitBinding);
  const parameters = joinCode([code`e`, ...outer], ', ');
  const { id, free } = module.nodes.describe(node);
  const make = (): Code => {
    const name = module.makeName('q');
    const loop = node.kind === 'any' ? emitAny(module, node) : emitExists(module, node);
    module.functions.push(code`function ${name}(${parameters}) {
${loop}
  return false;
}`);
    return name;
  };
  // Loops that depend on what is around them have a number only in their place.
  const name = free.length === 0 ? module.once(`loop ${id}`, make) : make();
  return code`${name}(${parameters})`;
}

/** Parts of a condition that do not look at the element need no loop around them. */
function splitCondition(module: EmitModule, node: Quantifier) {
  const { condition, binding } = node;
  const parts = condition.kind === 'and' ? condition.operands : [];
  const isWithin = (part: BoolNode) => module.nodes.describe(part).free.includes(binding);
  return {
    before: parts.filter((part) => !isWithin(part)),
    within: parts.filter(isWithin),
  };
}

function emitAny(module: EmitModule, node: NodeOf<'any'>): Code {
  const element = emitBinding(node.binding);
  const condition = module.emitBool(node.condition);
  const list = emitList(module, node.list);
  if (!isNested(node.list)) {
    return code`  const list = ${list};
  for (let i = 0; i < list.length; i++) {
    const ${element} = list[i];
    if (${condition}) return true;
  }`;
  }
  return code`  const lists = ${list};
  for (let j = 0; j < lists.length; j++) {
    const list = lists[j];
    for (let i = 0; i < list.length; i++) {
      const ${element} = list[i];
      if (${condition}) return true;
    }
  }`;
}

function emitExists(module: EmitModule, node: NodeOf<'exists'>): Code {
  const register = emitBinding(node.binding);
  const condition = module.emitBool(node.condition);
  return code`  const count = ${module.readIteratorLength(node.iterator)};
  for (let ${register} = 0; ${register} < count; ${register}++) {
    if (${condition}) return true;
  }`;
}

/** How this language is emitted. */
export const emitters: Emitters = { bool: emitBool, integer: emitInteger };
