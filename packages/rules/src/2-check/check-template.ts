// SPDX-License-Identifier: Apache-2.0
// Strings with values in them. Each value stands at its own place, so that what is wrong with one
// is shown there and not at the string.

import { toByteString } from '@fimbul/schema';
import { cutTemplate } from '../1-parse/interpolation.ts';
import type { PlaceholderTree, TextTree } from '../1-parse/tree.ts';
import type { Span } from '../source-text.ts';
import type { Operand } from './operand.ts';
import { rejectName, resolveField } from './resolve-field.ts';
import { resolveVariable } from './resolve-variable.ts';
import { type Scope, spendParts } from './scope.ts';
import { toValue } from './to-value.ts';
import type { StringNode, ValueNode } from './typed.ts';

/** Checks what stands in `${}` or `%{}`. */
export function checkPlaceholder(scope: Scope, { kind, name, span }: PlaceholderTree): Operand {
  if (kind === 'variable') return resolveVariable(scope, name, span);
  return resolveField(scope, name, span) ?? rejectName(scope, name, span, []);
}

/** Checks the parts of a string; null when one has an error, which is then reported. */
export function checkParts(
  scope: Scope,
  parts: readonly (TextTree | PlaceholderTree)[],
): StringNode | null {
  const [first] = parts;
  if (first && !spendParts(scope, parts.length, first.span)) return null;
  const values = parts.map((part): ValueNode | null =>
    part.kind === 'text'
      ? { type: 'string', node: { kind: 'string', value: toByteString(part.text) } }
      : toValue(scope, checkPlaceholder(scope, part)),
  );
  if (!values.every((value) => value !== null)) return null;
  return { kind: 'string-template', parts: values };
}

/** Checks text that stands by itself, such as a message. */
export function checkInterpolation(scope: Scope, span: Span): StringNode | null {
  const parts = cutTemplate(span);
  if (parts !== null) return checkParts(scope, parts);
  return { kind: 'string', value: toByteString(span.source.text.slice(span.start, span.end)) };
}
