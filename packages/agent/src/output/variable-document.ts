// SPDX-License-Identifier: Apache-2.0
// A variable in the document of an alert, at the place that says what it belongs to. Integers may
// pass 2^53 and are decimal text, as such fields are.

import {
  formatIpNet,
  isList,
  type RuntimeScalar,
  type RuntimeValue,
  type VariableSpec,
} from '@fimbul/rules/run';
import { fromByteString } from '@fimbul/schema';
import { shownValuesMax } from '../engine/match.ts';
import type { Json, JsonObject } from './field-writer.ts';

const listCharactersMax = 8192;
/** Characters of a text; what is left out of it is marked. */
const textCharactersMax = 1024;

function shorten(text: string): string {
  return text.length > textCharactersMax ? `${text.slice(0, textCharactersMax)}…` : text;
}

function toJson(value: RuntimeScalar): Exclude<Json, object> {
  switch (typeof value) {
    case 'string':
      return shorten(fromByteString(value).text);
    case 'boolean':
      return value;
    case 'number':
    case 'bigint':
      return value.toString();
    case 'object':
      return formatIpNet(value);
  }
}

/** The newest values, oldest first. */
function listNewest(values: readonly RuntimeScalar[]): Json {
  let room = listCharactersMax;
  const told: Json[] = [];
  for (const value of values.slice(-shownValuesMax).reverse()) {
    const json = toJson(value);
    room -= String(json).length;
    if (room < 0) break;
    told.push(json);
  }
  return told.reverse();
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
  const json = isList(value) ? listNewest(value) : toJson(value);
  // Its author chose the name, and an assignment to `__proto__` makes no member.
  const member = { value: json, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(open(owner, 'variables'), ownName, member);
}
