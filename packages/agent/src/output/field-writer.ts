// SPDX-License-Identifier: Apache-2.0
// Writes the value of a field into a document, at the path that its name says and in the form that
// JSON has for it. What depends on the field alone is decided once, when the writer is made.

import { type FieldSpec, fromByteString } from '@fimbul/schema';
import type { ProcessValue } from '../engine/process-fields.ts';
import { nameConstants } from './constant-names.ts';
import { formatTime } from './time-text.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type FieldWriter = (document: JsonObject, value: ProcessValue) => void;

/** False is worth a line only where it answers a question that the field's name asks. */
const omittedWhenFalse = /(?:_truncated|_detached|is_kworker)$/;

function toJson(spec: FieldSpec, value: Exclude<ProcessValue, null>): Json {
  if (typeof value === 'string') return fromByteString(value).text;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object') return value.map((element) => fromByteString(element).text);
  switch (spec.style) {
    case 'number':
      return Number(value);
    case 'decimal':
      return value.toString();
    case 'time':
      return formatTime(BigInt(value));
    case 'names':
      return spec.constants === null ? Number(value) : nameConstants(spec.constants, BigInt(value));
  }
}

/** Makes the writer of a field; `path` is where it stands in the document. */
export function makeFieldWriter(spec: FieldSpec, path: readonly string[]): FieldWriter {
  const folders = path.slice(0, -1);
  const key = path.at(-1) ?? '';
  const omitsFalse = omittedWhenFalse.test(spec.name);
  return (document, value) => {
    if (value === null || value === '' || (value === false && omitsFalse)) return;
    // No argument is known, not even the program's name.
    if (typeof value === 'object' && value.length === 0) return;
    let object = document;
    for (const folder of folders) {
      object[folder] ??= {};
      object = object[folder] as JsonObject;
    }
    object[key] = toJson(spec, value);
  };
}
