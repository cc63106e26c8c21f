// SPDX-License-Identifier: Apache-2.0
// Checks the id of a macro: constants and words come first, so a macro of that name would never be
// used, and rules would silently mean something else.

import { createDiagnostic, type Diagnostic, quote } from '../diagnostics.ts';
import type { Place } from '../source-text.ts';
import { describeReserved } from './slips.ts';

/** Returns what is wrong with the id of a macro, or null. */
export function checkMacroName(id: string, place: Place): Diagnostic | null {
  const found = describeReserved(id);
  return found === null ? null : createDiagnostic('FR1117', { name: quote(id), found }, place);
}
