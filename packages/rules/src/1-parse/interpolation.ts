// SPDX-License-Identifier: Apache-2.0
// Text with `${variable}` and `%{field}` in it, cut into its parts. What is not closed, or holds no
// name, is text.

import type { Span } from '../source-text.ts';
import type { PlaceholderTree, TextTree } from './tree.ts';

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_.]*)\}|%\{([A-Za-z_][A-Za-z0-9_.[\]]*)\}/g;

/** Cuts the text of a span into parts; null where no value stands in it. */
export function cutTemplate({
  source,
  start,
  end,
}: Span): readonly (TextTree | PlaceholderTree)[] | null {
  const text = source.text.slice(start, end);
  const parts: (TextTree | PlaceholderTree)[] = [];
  let at = 0;
  const addText = (to: number) => {
    if (to === at) return;
    const span = { source, start: start + at, end: start + to };
    parts.push({ kind: 'text', text: text.slice(at, to), style: 'string', span });
  };
  for (const match of text.matchAll(placeholder)) {
    const [whole, variable, reference] = match;
    const span = {
      source,
      start: start + match.index,
      end: start + match.index + whole.length,
    };
    addText(match.index);
    at = match.index + whole.length;
    if (variable !== undefined) parts.push({ kind: 'variable', name: variable, span });
    else parts.push({ kind: 'reference', name: reference ?? '', span });
  }
  if (at === 0) return null;
  addText(text.length);
  return parts;
}
