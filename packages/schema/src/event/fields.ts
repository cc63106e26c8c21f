// SPDX-License-Identifier: Apache-2.0
// Every field of an event, declared once: type, source, cost, and how the kernel can filter on it.
// The checker, the approver analysis, the agent's accessors, the JSON output and the reference
// pages derive from this table. A field's name is its path in the JSON of an alert.

import { engineFields } from './engine-fields.ts';
import { type FieldSpec, makeFields, text } from './field-spec.ts';
import { fileEventFields } from './file-event-fields.ts';
import { nameEventFields } from './name-event-fields.ts';
import { networkEventFields } from './network-event-fields.ts';
import { processEventFields } from './process-event-fields.ts';
import { makeProcessFields, makeTrackedProcessFields } from './process-fields.ts';

/** Every field, in the order of JSON. */
export const fields: readonly FieldSpec[] = [
  ...engineFields,
  ...fileEventFields,
  ...nameEventFields,
  ...processEventFields,
  ...networkEventFields,
  ...makeFields('container', { event: '*', source: 'process' }, [
    text('id', 'Identifier of the container the process runs in, or empty.', { cost: 30 }),
  ]),
  ...makeTrackedProcessFields('process', { event: '*' }),
  ...makeProcessFields('process.parent', { event: '*' }),
  ...makeTrackedProcessFields('process.ancestors', { event: '*', iterator: 'process.ancestors' }),
];

export const fieldsByName: ReadonlyMap<string, FieldSpec> = new Map(
  fields.map((spec) => [spec.name, spec]),
);
