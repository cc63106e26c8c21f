// SPDX-License-Identifier: Apache-2.0
// Fields that the language has and this agent does not fill yet: a rule that reads one is loaded,
// and its author is told what it reads.

import type { FieldSpec } from '@fimbul/schema';
import { report, type Scope } from './scope.ts';

function describeZero({ list, iterator, type }: FieldSpec): string {
  if (list || iterator !== null) return 'an empty list';
  return { string: 'an empty string', int: '0', bool: 'false', ip: 'no address' }[type];
}

/** Warns once of each field that is not filled. */
export function reportUnfilled(scope: Scope): void {
  for (const [name, { field, span }] of scope.fieldsRead) {
    if (field.filled) continue;
    report(scope, 'FR2101', { name, zero: describeZero(field) }, span);
  }
}
