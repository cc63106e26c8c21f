// SPDX-License-Identifier: Apache-2.0
// Compares a file before and after formatting: the same values under the same keys, anchors, tags
// and aliases, the same tokens in each expression, the same comments. It guards against faults of
// the formatter, so it shares nothing with how the formatter reads and writes.

import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import { haveSameTokens, listComments } from './format-expression.ts';
import { listExpressions } from './policy-expressions.ts';

/** Returns what differs between two documents, or null. */
export function findDifference(before: Document, after: Document): string | null {
  const expressions = new Set<unknown>(listExpressions(before));
  const compare = (a: unknown, b: unknown): string | null => {
    if (isPair(a) && isPair(b)) return compare(a.key, b.key) ?? compare(a.value, b.value);
    if (isEmpty(a) && isEmpty(b)) return null;
    if (!isNode(a) || !isNode(b)) return 'a value';
    if (isAlias(a) || isAlias(b)) {
      return isAlias(a) && isAlias(b) && a.source === b.source ? null : 'an alias';
    }
    if (a.anchor !== b.anchor) return 'an anchor';
    if (a.tag !== b.tag && !(isUntagged(a.tag) && isUntagged(b.tag))) return 'a tag';
    if (isScalar(a) && isScalar(b)) {
      if (!expressions.has(a)) return isSameValue(a, b) ? null : 'a value';
      return isSameExpression(a.value, b.value) ? null : 'an expression';
    }
    const isSameKind = (isMap(a) && isMap(b)) || (isSeq(a) && isSeq(b));
    if (!isSameKind || a.items.length !== b.items.length) return 'a collection';
    for (const [index, item] of a.items.entries()) {
      const difference = compare(item, b.items[index]);
      if (difference !== null) return difference;
    }
    return null;
  };
  return compare(before.contents, after.contents);
}

type ScalarNode = { readonly value: unknown; readonly source?: string };

/** An absent value and one that says nothing are the same. */
function isEmpty(node: unknown): boolean {
  if (node === null || node === undefined) return true;
  return isScalar(node) && node.value === null && !node.anchor && !node.tag && !node.source;
}

function isUntagged(tag: string | undefined): boolean {
  return tag === undefined || /^tag:yaml\.org,2002:(?:map|seq|str)$/.test(tag);
}

function isSameValue(a: ScalarNode, b: ScalarNode): boolean {
  if (typeof a.value === 'string') return a.value === b.value;
  return Object.is(a.value, b.value) && a.source === b.source;
}

function isSameExpression(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  if (a === b) return true;
  const [first, second] = [listComments(a), listComments(b)];
  return haveSameTokens(a, b) && first.join('\n') === second.join('\n');
}
