// SPDX-License-Identifier: Apache-2.0
// Whether a list variable has a value, as a lookup in place of a loop over its values. A list may
// have tens of thousands of them, and change with every event.

import type { BoolNode, IntegerNode, StringNode } from '../2-check/typed.ts';
import { type Code, code, joinCode } from './code.ts';
import { emitBigint } from './emit-integer.ts';
import type { EmitModule } from './emit-module.ts';
import { emitString } from './emit-value.ts';

/** More values than this are looked up in a set of their own, once for each of the list. */
const lookupsMax = 4;

type Any = Extract<BoolNode, { readonly kind: 'any' }>;

/** Emits `any` as a lookup; null where it compares in another way than by equality. */
export function emitLookup(module: EmitModule, { list, binding, condition }: Any): Code | null {
  if (list.from !== 'variable') return null;
  const wanted = listWanted(module, condition, binding);
  if (wanted === null || wanted.length > lookupsMax) return null;
  const variable = module.constants.add(list.variable);
  const tests = wanted.map((value) => code`hasValue(${variable}, ${value}, e)`);
  return code`(${joinCode(tests, ' || ')})`;
}

function isElement(node: StringNode | IntegerNode, binding: number): boolean {
  if (node.kind !== 'string-value' && node.kind !== 'integer-value') return false;
  return node.source.from === 'element' && node.source.binding === binding;
}

/** The values of which the element has to be one; null where the condition asks for else. */
function listWanted(module: EmitModule, condition: BoolNode, binding: number): Code[] | null {
  /** The side that is not the element; null where neither is, or both are. */
  const getOther = <Node extends StringNode | IntegerNode>(left: Node, right: Node) => {
    if (isElement(left, binding)) return isElement(right, binding) ? null : right;
    return isElement(right, binding) ? left : null;
  };
  switch (condition.kind) {
    case 'same-string': {
      const other = getOther(condition.left, condition.right);
      return other && [emitString(module, other)];
    }
    case 'order': {
      const other = condition.operator === '==' ? getOther(condition.left, condition.right) : null;
      return other && [emitBigint(module, other)];
    }
    case 'string-match': {
      const { subject, matchers } = condition;
      const exact = matchers.flatMap((one) => (one.kind === 'exact' ? [one.value] : []));
      if (!isElement(subject, binding) || exact.length === 0 || exact.length < matchers.length)
        return null;
      return exact.map((value) => module.constants.add(value));
    }
    case 'one-of':
      if (!isElement(condition.subject, binding) || condition.values.length === 0) return null;
      return condition.values.map((value) => module.constants.add(value));
    default:
      return null;
  }
}
