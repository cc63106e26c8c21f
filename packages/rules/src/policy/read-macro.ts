// SPDX-License-Identifier: Apache-2.0
// Reads a macro: a name for an expression, or for a list of strings.

import type { MacroDraft } from './drafts.ts';
import { macroKeys } from './policy-keys.ts';
import { type Definition, type DefinitionKind, readApplicability } from './read-definition.ts';
import {
  placeOf,
  type Reader,
  readChoice,
  readExpression,
  readText,
  readTexts,
  reportAt,
} from './yaml-reader.ts';

function readMacro(reader: Reader, { id, entries }: Definition): MacroDraft {
  const idNode = entries.get('id')?.value;
  const expression = readExpression(reader, entries.get('expression'));
  const values = readTexts(reader, entries.get('values'));
  readText(reader, entries.get('description'));
  const combine = readChoice(reader, entries.get('combine'), macroKeys.combine.choices);
  const hasBoth = entries.has('expression') && entries.has('values');
  if (hasBoth || (!entries.has('expression') && values.length === 0)) {
    const found = hasBoth ? 'both an expression and values' : 'neither an expression nor values';
    reportAt(reader, 'FR4011', { id, found }, idNode);
  }
  return {
    id,
    place: placeOf(reader, idNode),
    expression,
    values,
    combine: combine === '' ? null : combine,
    ...readApplicability(reader, entries),
  };
}

export const macroKind: DefinitionKind<MacroDraft> = {
  name: 'macro',
  keys: macroKeys,
  read: readMacro,
};
