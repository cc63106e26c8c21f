// SPDX-License-Identifier: Apache-2.0
// A variable in the document of an alert, at the place that says what it belongs to. Integers may
// pass 2^53 and are decimal text, as such fields are.

import type { RuntimeScalar, RuntimeValue, VariableSpec } from '@fimbul/rules';
import { fromByteString } from '@fimbul/schema';
import type { Json, JsonObject } from './field-writer.ts';
import { formatIpNet } from './ip-text.ts';

/** Values of a list that are told, the newest: a list may have as many as its policy says. */
const valuesMax = 100;

function toJson(value: RuntimeScalar): Json {
  switch (typeof value) {
    case 'string':
      return fromByteString(value).text;
    case 'boolean':
      return value;
    case 'number':
    case 'bigint':
      return value.toString();
    case 'object':
      return formatIpNet(value);
  }
}

function isList(value: RuntimeValue): value is readonly RuntimeScalar[] {
  return Array.isArray(value);
}

/** Opens an object in a document, which is made when it is not there. */
function open(document: JsonObject, key: string): JsonObject {
  document[key] ??= {};
  return document[key] as JsonObject;
}

/** Writes the value of a variable into the document of an alert. */
export function writeVariable(
  document: JsonObject,
  { name, scope }: Pick<VariableSpec, 'name' | 'scope'>,
  value: RuntimeValue,
): void {
  const owner = scope === 'global' ? document : open(document, scope);
  const ownName = scope === 'global' ? name : name.slice(scope.length + 1);
  open(owner, 'variables')[ownName] = isList(value)
    ? value.slice(-valuesMax).map(toJson)
    : toJson(value);
}
