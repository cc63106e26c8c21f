// SPDX-License-Identifier: Apache-2.0
// What makes a lane selective: the tables that let only some values pass which the rule lists. A
// list of values that are not wanted rules out next to nothing, and does not count; nor does who
// did it and where, since on most hosts that is root, or in a container, for nearly everything.

import { bitValues, type FilterValue } from '@fimbul/schema';
import type { Box } from './box.ts';
import { type FilterTable, valueNames } from './constraint.ts';
import type { PathFormula } from './path-formula.ts';
import type { TrackedValues } from './tracked-values.ts';

const unselectiveValues: ReadonlySet<FilterValue> = new Set([
  'lineage_must',
  'file_layer',
  'destination_layer',
  'contained',
]);

/** True where a path has to match something. */
function isBound(formula: PathFormula): boolean {
  switch (formula.kind) {
    case 'all':
    case 'is-not':
      return false;
    case 'none':
    case 'is':
      return true;
    case 'and':
      return formula.operands.some(isBound);
    case 'or':
      return formula.operands.every(isBound);
  }
}

/** Says of which files a name or a path is listed that they must have. */
export function describeBounds(box: Box): string {
  const source = box.source.kind === 'only' || isBound(box.sourcePath);
  const destination = box.destination.kind === 'only' || isBound(box.destinationPath);
  return `${source} ${destination}`;
}

/** Lists the tables that select events for a box; none where it lets most events pass. */
export function listSelectors(box: Box, { classes, full }: TrackedValues): readonly FilterTable[] {
  const selectors: FilterTable[] = [];
  if (box.source.kind === 'only') selectors.push('source name');
  if (box.destination.kind === 'only') selectors.push('destination name');
  if (isBound(box.sourcePath)) selectors.push('source path');
  if (isBound(box.destinationPath)) selectors.push('destination path');
  if (isBound(box.program)) selectors.push('program');
  for (const [table, { value }] of classes.entries()) {
    if (!bitValues.has(value) || unselectiveValues.has(value)) continue;
    if (box.values[table] === full.values[table]) continue;
    if (!selectors.includes(valueNames[value])) selectors.push(valueNames[value]);
  }
  return selectors;
}
