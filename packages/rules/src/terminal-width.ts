// SPDX-License-Identifier: Apache-2.0
// How many columns of a terminal a text takes: letters of East Asian scripts and emoji take two,
// and what joins the letter before it none.

import { eastAsianWidth } from 'get-east-asian-width';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Asks for a symbol to be shown as an emoji. */
const emojiSelector = '\ufe0f';

/** Counts columns; the text has neither tabs nor control characters. */
export function countTerminalColumns(text: string): number {
  // Most lines are ASCII.
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) {
    columns += segment.includes(emojiSelector) ? 2 : eastAsianWidth(segment.codePointAt(0) ?? 0);
  }
  return columns;
}
