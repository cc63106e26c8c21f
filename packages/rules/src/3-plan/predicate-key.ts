// SPDX-License-Identifier: Apache-2.0
// A text that integer predicates share when they mean the same. Hundreds of rules repeat a test of
// flags; what it allows is then worked out once.

import type { IntegerNode } from '../2-check/typed.ts';
import type { IntegerPredicate } from './integer-predicates.ts';

function describe(node: IntegerNode): string | null {
  switch (node.kind) {
    case 'integer':
      return String(node.value);
    case 'integer-value':
      return node.source.from === 'field' ? node.source.field.name : null;
    case 'integer-operation': {
      const left = describe(node.left);
      const right = describe(node.right);
      return left === null || right === null ? null : `(${left}${node.operator}${right})`;
    }
    case 'string-length':
    case 'list-length':
    case 'iterator-length':
      return null;
  }
}

/** Returns the text; null for predicates with parts that are rarely written twice. */
export function getPredicateKey(predicate: IntegerPredicate): string | null {
  if (predicate.kind === 'one-of') {
    const subject = describe(predicate.subject);
    return subject === null ? null : `${subject} in ${predicate.values.join()}`;
  }
  const left = describe(predicate.left);
  const right = describe(predicate.right);
  return left === null || right === null ? null : `${left} ${predicate.operator} ${right}`;
}
