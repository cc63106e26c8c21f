// SPDX-License-Identifier: Apache-2.0
// Writes a typed tree as one line in prefix form, for tests of what an expression means. An element
// that a loop binds is `#` and the number of its binding.

import { formatIpNet } from '../1-parse/network.ts';
import { formatScalar } from './format-scalar.ts';
import type {
  BoolNode,
  IntegerNode,
  IpNode,
  ListNode,
  StringMatcher,
  StringNode,
  ValueNode,
  ValueSource,
} from './typed.ts';

/** `process.ancestors.pid` of one ancestor: `process.ancestors#0.pid`. */
function formatOf(
  { name, iterator }: { readonly name: string; readonly iterator: string | null },
  element: string,
): string {
  const prefix = iterator ?? name;
  return `${prefix}${element}${name.slice(prefix.length)}`;
}

function formatList(list: ListNode): string {
  switch (list.from) {
    case 'field':
      return list.field.name;
    case 'register':
      return formatOf(list.field, `#${list.binding}`);
    case 'index':
      return formatOf(list.field, `[${list.index}]`);
    case 'variable':
      return `\${${list.variable.name}}`;
  }
}

function formatSource(source: ValueSource): string {
  switch (source.from) {
    case 'field':
      return source.field.name;
    case 'element':
      return `#${source.binding}`;
    case 'register':
      return formatOf(source.field, `#${source.binding}`);
    case 'index':
      return `(nth ${source.index} ${formatList(source.list)})`;
    case 'variable':
      return `\${${source.variable.name}}`;
    case 'uuid':
      return '(uuid)';
  }
}

function formatString(node: StringNode): string {
  switch (node.kind) {
    case 'string':
      return formatScalar(node.value);
    case 'string-value':
      return formatSource(node.source);
    case 'string-template':
      return `(text ${node.parts.map(formatValue).join(' ')})`;
    case 'lower-case':
      return `(lower ${formatString(node.of)})`;
    case 'root-domain':
      return `(root-domain ${formatString(node.of)})`;
  }
}

function formatInteger(node: IntegerNode): string {
  switch (node.kind) {
    case 'integer':
      return String(node.value);
    case 'integer-value':
      return formatSource(node.source);
    case 'string-length':
      return `(length ${formatString(node.of)})`;
    case 'list-length':
      return `(count ${formatList(node.of)})`;
    case 'iterator-length':
      return `(count ${node.iterator})`;
    case 'integer-operation':
      return `(${node.operator} ${formatInteger(node.left)} ${formatInteger(node.right)})`;
  }
}

function formatIp(node: IpNode): string {
  return node.kind === 'ip' ? formatIpNet(node.net) : formatSource(node.source);
}

function formatMatcher(matcher: StringMatcher): string {
  switch (matcher.kind) {
    case 'exact':
      return formatScalar(matcher.value);
    case 'glob':
      return `glob${formatScalar(matcher.glob.pattern)}`;
    case 'pattern':
      return `~${formatScalar(matcher.pattern)}`;
    case 'regexp':
      return `r"${matcher.regexp}"`;
  }
}

/** Writes a value of any type. */
export function formatValue(value: ValueNode): string {
  switch (value.type) {
    case 'bool':
      return formatBool(value.node);
    case 'int':
      return formatInteger(value.node);
    case 'string':
      return formatString(value.node);
    case 'ip':
      return formatIp(value.node);
    case 'list':
      return formatList(value.node);
    case 'values':
      return `[${value.values.map(formatScalar).join(' ')}]`;
  }
}

/** Writes a condition. */
export function formatBool(node: BoolNode): string {
  switch (node.kind) {
    case 'bool':
      return String(node.value);
    case 'not':
      return `(not ${formatBool(node.operand)})`;
    case 'and':
    case 'or':
      return `(${node.kind} ${node.operands.map(formatBool).join(' ')})`;
    case 'bool-value':
      return formatSource(node.source);
    case 'same-bool':
      return `(same ${formatBool(node.left)} ${formatBool(node.right)})`;
    case 'order':
      return `(${node.operator} ${formatInteger(node.left)} ${formatInteger(node.right)})`;
    case 'one-of':
      return `(one-of ${formatInteger(node.subject)} [${node.values.join(' ')}])`;
    case 'same-string':
      return `(same ${formatString(node.left)} ${formatString(node.right)})`;
    case 'string-match': {
      const matchers = node.matchers.map(formatMatcher).join(' ');
      return `(match ${formatString(node.subject)} [${matchers}])`;
    }
    case 'ip-match':
      return `(${node.relation} ${formatIp(node.subject)} [${node.nets.map(formatIp).join(' ')}])`;
    case 'any':
      return `(any #${node.binding} ${formatList(node.list)} ${formatBool(node.condition)})`;
    case 'exists':
      return `(exists #${node.binding} ${node.iterator} ${formatBool(node.condition)})`;
  }
}
